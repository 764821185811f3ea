"""``constructs-trainers hub import``: write the lock file from the public recipes repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from constructs_trainers.cli.hub_options import (
    failures_as_json,
    json_option,
    lock_file,
    lock_option,
    progress,
    techniques_option,
    tell_written,
    write_models,
)

if TYPE_CHECKING:
    from constructs_trainers.errors import Problem
    from constructs_trainers.hub.lock_file import ModelContent


def _version(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", value):
        msg = f"'{value}' is not a version such as 1.0.0"
        raise click.BadParameter(msg)
    return value


def _region(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> object:
    for value in values:
        # It becomes part of an ARN.
        if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", value):
            msg = f"'{value}' is not the name of a region such as us-west-2"
            raise click.BadParameter(msg)
    return values


def _told(_context: click.Context, option: click.Parameter, value: bool | None) -> bool:  # noqa: FBT001
    # A flag always has a value for click, so that `required` says nothing.
    if value is None:
        raise click.MissingParameter(param=option, param_hint="'--gated' or '--not-gated'")
    return value


@click.command("import")
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
@techniques_option
@lock_option
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
    from constructs_trainers.errors import HubError
    from constructs_trainers.hub.checkout.files import Checkout
    from constructs_trainers.hub.import_model import NotInCheckout, import_model
    from constructs_trainers.hub.lock_file import LockFile
    from constructs_trainers.recipes.lock import MODEL_ALIASES

    file = lock_file(lock_name)
    name = MODEL_ALIASES.get(model, model)
    contents: list[ModelContent] = []
    problems: list[Problem] = []
    with failures_as_json(as_json=as_json):
        lock = LockFile.read(file, new=True)
        checkout = Checkout(Path(folder))
        for region in dict.fromkeys(regions):
            try:
                content = import_model(
                    checkout,
                    name,
                    region,
                    said=NotInCheckout(version=version, gated=gated),
                    techniques=techniques or None,
                    held=lock.model(region, name),
                    progress=progress,
                )
            except HubError as error:
                problems += error.problems
            else:
                contents.append(content)
        if problems:
            raise HubError("import", list(dict.fromkeys(problems)))
        changed = write_models(file, lock, contents)
    tell_written(file, contents, changed=changed, as_json=as_json)
    return 0
