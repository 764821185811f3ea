"""``constructs-trainers hub``: write the lock file from SageMaker's hub, and hold it against it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, TypeVar

import click

from constructs_trainers.cli.hub_import import import_checkout
from constructs_trainers.cli.hub_options import (
    Technique,
    failures_as_json,
    json_option,
    lock_file,
    lock_option,
    print_json,
    progress,
    techniques_option,
    tell_written,
    write_models,
)
from constructs_trainers.errors import HubError
from constructs_trainers.recipes.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_trainers.errors import Problem
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.check import Difference
    from constructs_trainers.hub.lock_file import ModelContent

_FINDING: Final = 1
_Result = TypeVar("_Result")


@click.group()
def hub() -> None:
    """Look models up in SageMaker's hub, for recipes.lock.json.

    All but import ask AWS, with the credentials, profile and endpoint that the AWS CLI would use.
    """


hub.add_command(import_checkout)


_hub_option = click.option(
    "--hub",
    "hub_name",
    metavar="NAME",
    envvar="SAGEMAKER_HUB_NAME",
    help="A private hub, asked before the public one.  [default: $SAGEMAKER_HUB_NAME]",
)


@hub.command()
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    required=True,
    help="Hub content name, or a Nova model's id such as amazon.nova-lite-v1. Repeatable.",
)
@click.option(
    "--region",
    "regions",
    metavar="NAME",
    multiple=True,
    required=True,
    help="The region to ask. Repeatable.",
)
@techniques_option
@_hub_option
@lock_option
@json_option
def pull(
    *,
    models: tuple[str, ...],
    regions: tuple[str, ...],
    techniques: tuple[str, ...],
    hub_name: str | None,
    lock_name: str | None,
    as_json: bool,
) -> int:
    """Write what the hub says about models to the lock file.

    Other models, regions and techniques in the lock file stay. When anything fails, the file stays
    as it was.
    """
    from constructs_trainers.hub.lock_file import LockFile
    from constructs_trainers.hub.pull import pull_model
    from constructs_trainers.recipes.lock import MODEL_ALIASES

    file = lock_file(lock_name)
    with failures_as_json(as_json=as_json):
        lock = LockFile.read(file, new=True)

        def pulled(aws: AwsLookups, model: str) -> ModelContent:
            name = MODEL_ALIASES.get(model, model)
            return pull_model(
                aws,
                name,
                hub=hub_name,
                techniques=techniques or None,
                held=lock.model(aws.region, name),
                progress=progress,
            )

        contents = _for_each([(r, m) for r in regions for m in models], pulled)
        changed = write_models(file, lock, contents)
    tell_written(file, contents, changed=changed, as_json=as_json)
    return 0


@hub.command()
@lock_option
@json_option
def check(*, lock_name: str | None, as_json: bool) -> int:
    """Hold the lock file against the hub; exit with 1 when the hub has moved.

    Asks again for every region, model and technique of the lock file. Writes nothing.
    """
    from constructs_trainers.hub.check import check_model
    from constructs_trainers.hub.lock_file import LockFile

    file = lock_file(lock_name)
    with failures_as_json(as_json=as_json):
        locked = {(c.region, c.model): c for c in LockFile.read(file).models()}

        def checked(aws: AwsLookups, model: str) -> list[Difference]:
            return check_model(aws, locked[aws.region, model], progress)

        per_model = _for_each(list(locked), checked)
    found = [difference for differences in per_model for difference in differences]
    if as_json:
        details = [dataclasses.asdict(difference) for difference in found]
        print_json({"lock": str(file), "agrees": not found, "differences": details})
    elif not found:
        click.echo(f"{file}: agrees with the hub")
    else:
        for (region, model), differences in zip(locked, per_model, strict=True):
            if differences:
                click.echo(f"{region} {model}: the hub has moved")
                click.echo("\n".join(f"  {difference}" for difference in differences))
        regions = sorted({difference.region for difference in found})
        click.echo(f"{file}: differs from the hub in {', '.join(regions)}")
    return _FINDING if found else 0


@hub.command("list")
@click.option(
    "--technique",
    type=Technique,
    metavar="|".join(TECHNIQUES),
    required=True,
    help="What to fine-tune with.",
)
@click.option("--region", metavar="NAME", required=True, help="The region to ask.")
@click.option(
    "--hub",
    "hub_name",
    metavar="NAME",
    envvar="SAGEMAKER_HUB_NAME",
    help="The hub.  [default: $SAGEMAKER_HUB_NAME, else the public one]",
)
@json_option
def list_models(*, technique: str, region: str, hub_name: str | None, as_json: bool) -> int:
    """Name the models that can be fine-tuned with a technique."""
    from constructs_trainers.hub.aws_lookups import AwsLookups, models_for
    from constructs_trainers.hub.pull import PUBLIC_HUB

    asked = hub_name or PUBLIC_HUB
    with failures_as_json(as_json=as_json):
        names = models_for(AwsLookups(region), technique, asked)
    if as_json:
        print_json({"hub": asked, "region": region, "technique": technique, "models": names})
        return 0
    for name in names:
        click.echo(name)
    if not names:
        progress(f"{asked} names no model for {technique} in {region}")
    return 0


def _for_each(
    places: Sequence[tuple[str, str]], ask: Callable[[AwsLookups, str], _Result]
) -> list[_Result]:
    """Ask for each region and model; the problems of all of them come in one error."""
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.hub_errors import AwsNotReachedError

    lookups: dict[str, AwsLookups] = {}
    results: list[_Result] = []
    problems: list[Problem] = []
    for region, model in dict.fromkeys(places):
        aws = lookups.setdefault(region, AwsLookups(region))
        try:
            results.append(ask(aws, model))
        except AwsNotReachedError:
            raise
        except HubError as error:
            problems += error.problems
    if problems:
        raise HubError("hub", list(dict.fromkeys(problems)))
    return results
