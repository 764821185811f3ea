"""What is said of a recipe file that cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.values.short_repr import short_repr, short_text

if TYPE_CHECKING:
    import yaml

_NO_BLANK: Final = re.compile(r"\s*(?:- +)?['\"]?[A-Za-z_][\w.-]*['\"]?:[^\s/]")


def too_deep(shown_as: str, most: int, line: int) -> RecipeError:
    """That a recipe has more levels than any real one."""
    return file_error(f"{shown_as}:{line}", f"the recipe is nested more than {most} levels deep")


def too_long(shown_as: str, most: int) -> RecipeError:
    """That a recipe has more values than any real one."""
    return file_error(shown_as, f"the recipe has more than {most} values")


def file_error(
    shown_as: str,
    message: str,
    *,
    got: str | None = None,
    allowed: str | None = None,
    fix: str | None = None,
) -> RecipeError:
    """That a file is no recipe at all."""
    shown_as = short_text(shown_as)
    problem = Problem(path=shown_as, message=message, got=got, allowed=allowed, fix=fix)
    return RecipeError(shown_as, [problem])


def yaml_error(error: yaml.YAMLError, text: str, shown_as: str) -> RecipeError:
    """What PyYAML says, with the line as it was written and what to do.

    Args:
        error: What PyYAML raised.
        text: The text of the file.
        shown_as: The file as messages name it.
    """
    mark = getattr(error, "problem_mark", None)
    detail = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        problem = Problem(path=shown_as, message=f"not valid YAML: {detail}")
        return RecipeError(shown_as, [problem])
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    before = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    context = getattr(error, "context", None)
    said = f"{context}, {detail}" if context and "document" not in detail else detail
    fix = _fix(detail, line, before)
    problem = Problem(
        path=f"{shown_as}:{mark.line + 1}",
        message=f"not valid YAML: {_SHORTER.get(detail, said)}",
        got=short_repr(line) if line.strip() else None,
        fix=fix,
    )
    return RecipeError(shown_as, [problem])


_SECOND: Final = "but found another document"
_SHORTER: Final = {_SECOND: "a second document begins here, and a recipe is one"}


def _fix(detail: str, line: str, before: str) -> str | None:
    if "document" in detail:
        return "keep one of the two: delete from '---' on, or what is before it"
    if "\t" in line[: len(line) - len(line.lstrip())] or "\t" in detail:
        return "a tab stands where YAML takes blanks only: write blanks"
    if _NO_BLANK.match(line) or _NO_BLANK.match(before):
        return "write a blank after the colon"
    if "cannot start any token" in detail or "mapping values" in detail:
        return "put the text in quotes"
    return None
