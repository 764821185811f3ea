"""What ``constructs-trainers recipe diff`` compares."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from constructs_trainers.recipes.explain import aligned
from constructs_trainers.recipes.paths import ABSENT, LeafDifference, dotted, leaf_differences
from constructs_trainers.recipes.yaml_file import parse_yaml, read_yaml_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_trainers.cli.recipe_options import RecipeOptions
    from constructs_trainers.recipes.yaml_file import YamlDocument


def compared(
    options: RecipeOptions, sources: Sequence[str], revisions: tuple[str, str] | None
) -> tuple[LeafDifference, ...]:
    """The leaves in which two recipes differ.

    Args:
        options: Which recipe of the lock a single file is compared with.
        sources: Two recipes; or one, to be held against the lock's defaults, or to be taken from
            two git revisions.
        revisions: The two revisions.

    Raises:
        click.UsageError: The arguments are not of a form that can be compared.
        RecipeError: A recipe cannot be read, or has problems.
    """
    if options.recipe is not None:
        sources = (*sources, options.recipe)
    layered = bool(options.overrides or options.hyperparameters)
    if layered and (revisions is not None or len(sources) > 1):
        raise click.UsageError("--override and --hyperparameter need the lock's defaults: one file")
    if revisions is not None:
        if len(sources) != 1:
            raise click.UsageError("--revisions takes one file")
        left, right = (_from_git(revision, sources[0]) for revision in revisions)
        return leaf_differences(left, right)
    if len(sources) == 2:  # noqa: PLR2004 - left and right
        return leaf_differences(_leaves_of(sources[0]), _leaves_of(sources[1]))
    if len(sources) > 2 or not (sources or layered):  # noqa: PLR2004
        raise click.UsageError("give two files, or one to compare with the lock's defaults")
    return _from_defaults(options, *sources)


def shown_as_text(differences: Sequence[LeafDifference]) -> str:
    """One line a leaf: path, left, right."""
    return "\n".join(
        aligned(
            [(found.path, _text(found.left), "->", _text(found.right)) for found in differences]
        )
    )


def shown_as_json(differences: Sequence[LeafDifference]) -> str:
    """A JSON array; a side that has no such leaf is left out, so that null means null."""
    rows = []
    for found in differences:
        sides = {"left": found.left, "right": found.right}
        rows.append({"path": found.path} | {k: v for k, v in sides.items() if v is not ABSENT})
    return json.dumps(rows, indent=2)


def _text(value: object) -> str:
    return "(absent)" if value is ABSENT else json.dumps(value, ensure_ascii=False)


def _from_defaults(options: RecipeOptions, file: str | None = None) -> tuple[LeafDifference, ...]:
    from constructs_trainers.recipes.explain import explain

    resolved = replace(options, recipe=file).chosen().resolved
    rows = explain(resolved, changed_only=True)
    return tuple(LeafDifference(row.path, row.default, row.value) for row in rows)


def _leaves_of(source: str) -> Mapping[str, object]:
    # A file whose name has a colon in it is a file all the same.
    if ":" in source and not Path(source).exists():
        revision, _, path = source.partition(":")
        return _from_git(revision, path, as_written=True)
    return _by_path(read_yaml_file(Path(source), shown_as=source))


def _from_git(revision: str, path: str, *, as_written: bool = False) -> Mapping[str, object]:
    """A recipe of a revision; a path is relative to the current folder unless git is to say."""
    if not revision or revision.startswith("-"):
        raise click.UsageError(f"'{revision}' is no git revision")
    folder = Path(path).parent if Path(path).is_absolute() else Path()
    name = Path(path).name if Path(path).is_absolute() else path
    within = name if as_written else f"./{name}"
    shown = f"{revision}:{path}"
    try:
        answer = subprocess.run(  # noqa: S603 - git, with a revision that is no option
            ["git", "-C", str(folder), "show", "--no-textconv", f"{revision}:{within}"],  # noqa: S607 - the user's git
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise click.UsageError(f"{shown}: git cannot be run: {error.strerror}") from error
    if answer.returncode != 0:
        reason = answer.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise click.UsageError(f"{shown}: {reason}")
    try:
        text = answer.stdout.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{shown}: recipe file is not UTF-8 text") from None
    return _by_path(parse_yaml(text, shown_as=shown))


def _by_path(document: YamlDocument) -> dict[str, object]:
    return {dotted(path): value for path, value, _ in document.leaves}
