"""What the ``constructs-trainers hub`` commands have in common."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from constructs_trainers.errors import ConstructsTrainersError, HubError
from constructs_trainers.recipes.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_trainers.hub.lock_file import LockFile, ModelContent


lock_option = click.option(
    "--lock",
    "lock_name",
    metavar="FILE",
    help="The lock file.  [default: as for an app: cdk.json's context, else recipes.lock.json "
    "beside the nearest cdk.json]",
)
json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output and nothing else.",
)
Technique = click.Choice(TECHNIQUES, case_sensitive=False)
techniques_option = click.option(
    "--technique",
    "techniques",
    type=Technique,
    metavar="|".join(TECHNIQUES),
    multiple=True,
    help="Only recipes for this. Repeatable.  [default: all that the model has]",
)


def lock_file(name: str | None) -> Path:
    """The lock file of ``--lock``, else the one that the app reads."""
    from constructs_trainers.recipes.project_files import lock_to_write

    return lock_to_write() if name is None else Path(name)


def write_models(file: Path, lock: LockFile, contents: Sequence[ModelContent]) -> bool:
    """Put models into the lock file; a file that they do not change is not touched.

    Returns:
        Whether the file has changed.
    """
    from constructs_trainers.hub.lock_file import write_atomically

    text = lock.with_models(contents)
    if text == lock.text:
        return False
    write_atomically(file, text)
    return True


def tell_written(
    file: Path, contents: Sequence[ModelContent], *, changed: bool, as_json: bool
) -> None:
    """Say which models the lock file holds now, and whether it has changed."""
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
def failures_as_json(*, as_json: bool) -> Iterator[None]:
    """Let a script that reads JSON tell a failure from a finding: both exit with 1."""
    try:
        yield
    except ConstructsTrainersError as error:
        if as_json:
            # By its public name: those of the look-ups may change.
            name = "HubError" if isinstance(error, HubError) else type(error).__name__
            print_json({"error": name, "message": str(error)})
        raise


def progress(line: str) -> None:
    """Tell people, not scripts."""
    click.echo(line, err=True)


def print_json(value: object) -> None:
    """Print for scripts."""
    click.echo(json.dumps(value, indent=2))
