"""``constructs-trainers hub``: write the lock file from SageMaker's hub, and hold it against it."""

from __future__ import annotations

import dataclasses
import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from constructs_trainers.cli.output import json_option, print_json, progress
from constructs_trainers.errors import ConstructsTrainersError, HubError
from constructs_trainers.recipes.owned_parameters import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_trainers.errors import Problem
    from constructs_trainers.hub.check import Difference
    from constructs_trainers.hub.lock_file import LockFile, ModelContent

_FINDING: Final = 1
_Result = TypeVar("_Result")


@click.group()
def hub() -> None:
    """Look models up in SageMaker's hub, for recipes.lock.json.

    All but import ask AWS, with the credentials, profile and endpoint that the AWS CLI would use.
    """


_lock_option = click.option(
    "--lock",
    "lock_name",
    metavar="FILE",
    help="The lock file.  [default: as for an app: cdk.json's context, else recipes.lock.json "
    "beside the nearest cdk.json]",
)
_Technique = click.Choice(TECHNIQUES, case_sensitive=False)
_techniques_option = click.option(
    "--technique",
    "techniques",
    type=_Technique,
    metavar="|".join(TECHNIQUES),
    multiple=True,
    help="Only recipes for this. Repeatable.  [default: all that the model has]",
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
@_techniques_option
@click.option(
    "--hub",
    "hub_name",
    metavar="NAME",
    envvar="SAGEMAKER_HUB_NAME",
    help="A private hub, asked before the public one.  [default: $SAGEMAKER_HUB_NAME]",
)
@_lock_option
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
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.lock_file import LockFile
    from constructs_trainers.hub.pull import pull_model
    from constructs_trainers.recipes.lock import MODEL_ALIASES

    file = _lock_file(lock_name)
    with _failures_as_json(as_json=as_json):
        lock = LockFile.read(file, new=True)
        lookups = cache(AwsLookups)

        def pulled(region: str, model: str) -> ModelContent:
            name = MODEL_ALIASES.get(model, model)
            return pull_model(
                lookups(region),
                name,
                hub=hub_name,
                techniques=techniques or None,
                held=lock.model(region, name),
                progress=progress,
            )

        contents = _for_each("hub", [(r, m) for r in regions for m in models], pulled)
        _write(file, lock, contents, as_json=as_json)
    return 0


@hub.command()
@_lock_option
@json_option
def check(*, lock_name: str | None, as_json: bool) -> int:
    """Hold the lock file against the hub, and say how it differs.

    Asks again for every region, model and technique of the lock file. Writes nothing.

    Exits with 0 when they agree, with 1 when the hub has moved, and with 2 when that could not be
    checked: no lock file, no credentials, no answer.
    """
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.check import check_model
    from constructs_trainers.hub.lock_file import LockFile

    file = _lock_file(lock_name)
    with _unchecked_as_misuse(), _failures_as_json(as_json=as_json):
        locked = {(c.region, c.model): c for c in LockFile.read(file).models()}
        lookups = cache(AwsLookups)

        def checked(region: str, model: str) -> list[Difference]:
            return check_model(lookups(region), locked[region, model], progress)

        per_model = _for_each("hub", locked, checked)
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
    type=_Technique,
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
    with _failures_as_json(as_json=as_json):
        names = models_for(AwsLookups(region), technique, asked)
    if as_json:
        print_json({"hub": asked, "region": region, "technique": technique, "models": names})
        return 0
    for name in names:
        click.echo(name)
    if not names:
        progress(f"{asked} names no model for {technique} in {region}")
    return 0


def _version(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", value):
        raise click.BadParameter(f"'{value}' is not a version such as 1.0.0")
    return value


def _region(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> object:
    for value in values:
        # It becomes part of an ARN.
        if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", value):
            raise click.BadParameter(f"'{value}' is not the name of a region such as us-west-2")
    return values


def _told(_context: click.Context, option: click.Parameter, value: bool | None) -> bool:  # noqa: FBT001
    # A flag always has a value for click, so that `required` says nothing.
    if value is None:
        raise click.MissingParameter(param=option, param_hint="'--gated' or '--not-gated'")
    return value


@hub.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--model",
    metavar="NAME",
    required=True,
    help="Hub content name, or a Nova model's id such as amazon.nova-lite-v1.",
)
@click.option(
    "--region",
    "regions",
    metavar="NAME",
    multiple=True,
    required=True,
    callback=_region,
    help="The region that jobs will run in. Repeatable.",
)
@click.option(
    "--hub-content-version",
    "version",
    metavar="X.Y.Z",
    required=True,
    callback=_version,
    help="The version of the model's hub content, which jobs name. No checkout tells it.",
)
@click.option(
    "--gated/--not-gated",
    default=None,
    callback=_told,
    help="Whether the model's licence must be accepted. No checkout tells it.  [required]",
)
@_techniques_option
@_lock_option
@json_option
def import_checkout(
    *,
    folder: str,
    model: str,
    regions: tuple[str, ...],
    version: str,
    gated: bool,
    techniques: tuple[str, ...],
    lock_name: str | None,
    as_json: bool,
) -> int:
    """Write a model to the lock file from a checkout of the recipes repository, without AWS.

    DIR is the root of a checkout of aws/sagemaker-hyperpod-recipes. What the hub serves may differ
    from it: 'hub check' tells how, and 'hub pull' takes the hub's word instead.

    Other models and regions in the lock file stay. When anything fails, the file stays as it was.
    """
    from constructs_trainers.hub.checkout.files import Checkout
    from constructs_trainers.hub.import_model import NotInCheckout, import_model
    from constructs_trainers.hub.lock_file import LockFile
    from constructs_trainers.recipes.lock import MODEL_ALIASES

    file = _lock_file(lock_name)
    name = MODEL_ALIASES.get(model, model)
    with _failures_as_json(as_json=as_json):
        lock = LockFile.read(file, new=True)
        checkout = Checkout(Path(folder))

        def imported(region: str, model: str) -> ModelContent:
            return import_model(
                checkout,
                model,
                region,
                said=NotInCheckout(version=version, gated=gated),
                techniques=techniques or None,
                held=lock.model(region, model),
                progress=progress,
            )

        contents = _for_each("import", [(region, name) for region in regions], imported)
        _write(file, lock, contents, as_json=as_json)
    return 0


def _lock_file(name: str | None) -> Path:
    """The lock file of ``--lock``, else the one that the app reads."""
    from constructs_trainers.recipes.project_files import lock_to_write

    return lock_to_write() if name is None else Path(name)


def _write(file: Path, lock: LockFile, contents: Sequence[ModelContent], *, as_json: bool) -> None:
    """Put models into the lock file, and say which it holds now and whether it has changed.

    A file that they do not change is not touched.
    """
    from constructs_trainers.hub.lock_file import write_atomically

    text = lock.with_models(contents)
    changed = text != lock.text
    if changed:
        write_atomically(file, text)
    summaries = [_summary(content) for content in contents]
    if as_json:
        print_json({"lock": str(file), "changed": changed, "models": summaries})
        return
    for model in summaries:
        recipes = f"{len(model['recipes'])} recipes ({', '.join(model['techniques'])})"
        click.echo(f"{model['region']} {model['model']} {model['version']}: {recipes}")
    click.echo(f"{file}: {'written' if changed else 'unchanged'}")


def _summary(content: ModelContent) -> dict[str, Any]:
    return {
        "region": content.region,
        "model": content.model,
        "hub": content.entry["HubName"],
        "version": content.entry["HubContentVersion"],
        "techniques": [t for t in TECHNIQUES if t in content.techniques],
        "recipes": [recipe["Name"] for recipe in content.recipes],
    }


@contextmanager
def _failures_as_json(*, as_json: bool) -> Iterator[None]:
    """Let a script that reads JSON learn why there is no result."""
    try:
        yield
    except ConstructsTrainersError as error:
        if as_json:
            # By its public name: those of the look-ups may change.
            name = "HubError" if isinstance(error, HubError) else type(error).__name__
            print_json({"error": name, "message": str(error)})
        raise


@contextmanager
def _unchecked_as_misuse() -> Iterator[None]:
    """Exit with 2 where there is no finding to tell: 1 means that the hub has moved."""
    try:
        yield
    except ConstructsTrainersError as error:
        raise click.UsageError(str(error)) from error


def _for_each(
    subject: str, places: Iterable[tuple[str, str]], ask: Callable[[str, str], _Result]
) -> list[_Result]:
    """Ask for each region and model; the problems of all of them come in one error."""
    from constructs_trainers.hub.hub_errors import AwsNotReachedError

    results: list[_Result] = []
    problems: list[Problem] = []
    for region, model in dict.fromkeys(places):
        try:
            results.append(ask(region, model))
        except AwsNotReachedError:
            raise
        except HubError as error:
            problems += error.problems
    if problems:
        raise HubError(subject, list(dict.fromkeys(problems)))
    return results
