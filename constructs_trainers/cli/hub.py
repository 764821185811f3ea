"""``constructs-trainers hub``: write the lock file from SageMaker's hub, and hold it against it."""

from __future__ import annotations

import dataclasses
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from constructs_trainers.errors import ConstructsTrainersError, HubError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_trainers.errors import Problem
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.differences import Difference
    from constructs_trainers.hub.model_content import ModelContent

_FINDING: Final = 1
# Those of constructs_trainers.hub, which is not imported for a help text.
_TECHNIQUES: Final = ("SFT", "DPO", "RLVR", "RLAIF")
_LOCK: Final = "recipes.lock.json"

_Result = TypeVar("_Result")


@click.group()
def hub() -> None:
    """Look models up in SageMaker's hub, for recipes.lock.json.

    Uses the AWS credentials, profile and endpoint that the AWS CLI would use.
    """


_lock_option = click.option(
    "--lock",
    "lock_name",
    metavar="FILE",
    help=f"The lock file.  [default: {_LOCK} beside the nearest cdk.json]",
)
_hub_option = click.option(
    "--hub",
    "hub_name",
    metavar="NAME",
    envvar="SAGEMAKER_HUB_NAME",
    help="A private hub, asked before the public one.  [default: $SAGEMAKER_HUB_NAME]",
)
_json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output and nothing else.",
)
_Technique = click.Choice(_TECHNIQUES, case_sensitive=False)


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
@click.option(
    "--technique",
    "techniques",
    type=_Technique,
    metavar="|".join(_TECHNIQUES),
    multiple=True,
    help="Only recipes for this. Repeatable.  [default: all that the model has]",
)
@_hub_option
@_lock_option
@_json_option
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
    from constructs_trainers.hub.atomic_write import write_atomically
    from constructs_trainers.hub.lock_file import LockFile
    from constructs_trainers.hub.pull import pull_model
    from constructs_trainers.recipes.lock import MODEL_ALIASES

    file = _lock_file(lock_name)
    with _failures_as_json(as_json=as_json):
        lock = LockFile.read(file, new=True)

        def pulled(aws: AwsLookups, model: str) -> ModelContent:
            name = MODEL_ALIASES.get(model, model)
            return pull_model(
                aws,
                name,
                hub=hub_name,
                techniques=techniques or None,
                held=lock.model(aws.region, name),
                progress=_progress,
            )

        contents = _for_each([(r, m) for r in regions for m in models], pulled)
        text = lock.with_models(contents)
        changed = text != lock.text
        if changed:
            write_atomically(file, text)
    summary = [_summary(content) for content in contents]
    if as_json:
        _print_json({"lock": str(file), "changed": changed, "models": summary})
        return 0
    for model in summary:
        recipes = f"{len(model['recipes'])} recipes ({', '.join(model['techniques'])})"
        click.echo(f"{model['region']} {model['model']} {model['version']}: {recipes}")
    click.echo(f"{file}: {'written' if changed else 'unchanged'}")
    return 0


@hub.command()
@_lock_option
@_json_option
def check(*, lock_name: str | None, as_json: bool) -> int:
    """Hold the lock file against the hub; exit with 1 when the hub has moved.

    Asks again for every region, model and technique of the lock file. Writes nothing.
    """
    from constructs_trainers.hub.check import check_model
    from constructs_trainers.hub.lock_file import LockFile

    file = _lock_file(lock_name)
    with _failures_as_json(as_json=as_json):
        locked = {(c.region, c.model): c for c in LockFile.read(file).models()}

        def checked(aws: AwsLookups, model: str) -> list[Difference]:
            return check_model(aws, locked[aws.region, model], _progress)

        per_model = _for_each(list(locked), checked)
    found = [difference for differences in per_model for difference in differences]
    if as_json:
        details = [dataclasses.asdict(difference) for difference in found]
        _print_json({"lock": str(file), "agrees": not found, "differences": details})
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
    type=_Technique,
    metavar="|".join(_TECHNIQUES),
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
@_json_option
def list_models(*, technique: str, region: str, hub_name: str | None, as_json: bool) -> int:
    """Name the models that can be fine-tuned with a technique."""
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.models import models_for
    from constructs_trainers.hub.pull import PUBLIC_HUB

    asked = hub_name or PUBLIC_HUB
    with _failures_as_json(as_json=as_json):
        names = models_for(AwsLookups(region), technique, asked)
    if as_json:
        _print_json({"hub": asked, "region": region, "technique": technique, "models": names})
        return 0
    for name in names:
        click.echo(name)
    if not names:
        _progress(f"{asked} names no model for {technique} in {region}")
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


def _summary(content: ModelContent) -> dict[str, Any]:
    return {
        "region": content.region,
        "model": content.model,
        "hub": content.entry["HubName"],
        "version": content.entry["HubContentVersion"],
        "techniques": [t for t in _TECHNIQUES if t in content.techniques],
        "recipes": [recipe["Name"] for recipe in content.recipes],
    }


def _lock_file(name: str | None) -> Path:
    """The lock file of ``--lock``, else where trainers look for it."""
    if name is not None:
        return Path(name)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "cdk.json").is_file():
            # Shown as people would write it, which from the root is the bare name.
            return Path(_LOCK) if folder == here else folder / _LOCK
    return Path(_LOCK)


@contextmanager
def _failures_as_json(*, as_json: bool) -> Iterator[None]:
    """Let a script that reads JSON tell a failure from a finding: both exit with 1."""
    try:
        yield
    except ConstructsTrainersError as error:
        if as_json:
            # By its public name: those of the look-ups may change.
            name = "HubError" if isinstance(error, HubError) else type(error).__name__
            _print_json({"error": name, "message": str(error)})
        raise


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2))
