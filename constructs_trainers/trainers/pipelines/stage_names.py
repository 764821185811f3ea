"""The names of stages, which are those of the states of a pipeline's machine too."""

from __future__ import annotations

from typing import Final

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token
from constructs_trainers.workflows.pipeline import RESERVED_NAMES
from constructs_trainers.workflows.train_task import inner_names

# States inside one of a bounded wait add their own word to 80 characters.
_LONGEST_NAME: Final = 70
# JavaScript, in which the CDK writes the template, has its own use for it.
_NO_KEY: Final = "__proto__"


class StageNames:
    """The names that are taken, in all of the machine: a state's name is unique in it."""

    def __init__(self) -> None:
        self._taken = set(RESERVED_NAMES)

    def take(self, path: str, name: str, *, is_bounded: bool = False) -> list[Problem]:
        """Take a name.

        Args:
            path: Where it was given.
            name: The name.
            is_bounded: Whether the stage has a ``wait_timeout``, and so states inside.

        Returns:
            What is wrong with it.
        """
        found = _form_problems(path, name)
        # Of the ids that the CDK makes of names, too.
        if name.replace("/", "--") in {taken.replace("/", "--") for taken in self._taken}:
            found.append(_problem(path, "is taken", name))
        inside = inner_names(name) if is_bounded else []
        found += [
            _problem(path, "with wait_timeout makes a state whose name is taken", other)
            for other in inside
            if other in self._taken
        ]
        self._taken.update([name, *inside])
        return found


def _problem(path: str, message: str, name: str) -> Problem:
    return Problem(path=path, message=message, got=short_repr(name), fix="give another name")


def _form_problems(path: str, name: str) -> list[Problem]:
    message = None
    if not 1 <= len(name) <= _LONGEST_NAME:
        message = "has a wrong length"
    elif is_token(name):
        message = "is only known at deployment"
    elif not name.isprintable() or name == _NO_KEY:
        message = "cannot be a state's name"
    if message is None:
        return []
    allowed = f"1 to {_LONGEST_NAME} characters that can be read"
    fix = "give a name" if name else None
    return [Problem(path=path, message=message, got=short_repr(name), allowed=allowed, fix=fix)]
