"""``constructs-trainers recipe``: look at recipes, offline and without credentials."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from constructs_trainers.cli.output import print_json, progress
from constructs_trainers.cli.recipe_options import recipe_options
from constructs_trainers.errors import ConstructsTrainersError, LockError

if TYPE_CHECKING:
    from constructs_trainers.cli.recipe_options import RecipeOptions

_FINDING: Final = 1

_FILE = click.argument("file", required=False)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


@click.group()
def recipe() -> None:
    """Look at recipes: what a trainer would train with, and why.

    Nothing but the lock file and the recipe are read.
    """


@recipe.command()
@_FILE
@recipe_options
def show(*, options: RecipeOptions) -> None:
    """Print the resolved recipe as YAML."""
    click.echo(options.chosen().resolved.to_yaml(), nl=False)


@recipe.command()
@_FILE
@click.option("--changed", is_flag=True, help="Only what differs from the hub's defaults.")
@_JSON
@recipe_options
def explain(*, options: RecipeOptions, changed: bool, as_json: bool) -> None:
    """Print each value with its origin, what it replaced, and its limits."""
    from constructs_trainers.recipes.explain import explain as explained

    rows = explained(options.chosen().resolved, changed_only=changed)
    click.echo(rows.to_json() if as_json else str(rows))


@recipe.command()
@_FILE
@_JSON
@recipe_options
def validate(*, options: RecipeOptions, as_json: bool) -> int:
    """Check a recipe as synthesis does. Exits with 1 when anything is wrong.

    With --json the object has valid and problems.
    """
    if not as_json:
        choice = options.chosen()
        changed = len(choice.resolved.changed)
        said = "1 value differs" if changed == 1 else f"{changed} values differ"
        what = f"{choice.model.name}, {choice.recipe.name}: valid, {said} from the hub's defaults"
        progress(what)
        return 0
    try:
        _, problems = options.choose()
    except LockError as error:
        problems = list(error.problems)
    print_json({"valid": not problems, "problems": [asdict(problem) for problem in problems]})
    return _FINDING if problems else 0


@recipe.command()
@click.argument("sources", nargs=-1, metavar="[FILE [FILE]]")
@click.option(
    "--revisions",
    nargs=2,
    metavar="REV1 REV2",
    help="Compare two git revisions of one file.",
)
@_JSON
@recipe_options
def diff(
    *,
    options: RecipeOptions,
    sources: tuple[str, ...],
    revisions: tuple[str, str] | None,
    as_json: bool,
) -> int:
    """Compare recipes value by value, whatever the order of their lines.

    Two recipe files, each a path or REVISION:PATH of git; or two revisions of one file; or, given
    one file, the hub's defaults on the left and the file resolved on the right.

    Exits with 0 when they are equal, with 1 when they differ, and with 2 when they cannot be
    compared.
    """
    from constructs_trainers.cli.recipe_diff import compared, shown_as_json, shown_as_text

    try:
        found = compared(options, sources, revisions)
    except ConstructsTrainersError as error:
        # 1 means that they differ: what keeps them from being compared is something else.
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(shown_as_json(found))
    elif found:
        click.echo(shown_as_text(found))
    return _FINDING if found else 0
