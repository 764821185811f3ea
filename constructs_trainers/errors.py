"""The exceptions of this library and the problems they carry.

Every check in the library collects :class:`Problem` records and raises once, so that one run
shows everything there is to mend.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: where, what was got, what is allowed and how to mend it.

    Attributes:
        path: Where it is, in the words of whoever wrote it: a recipe path, a prop, an API member.
        message: What is wrong, as a sentence without a final full stop.
        got: The offending value as the reader would write it.
        allowed: What would be accepted instead.
        fix: What to do about it.
        origin: Where the value was written, such as ``recipes/sft.yaml:12``.
    """

    path: str
    message: str
    got: str | None = None
    allowed: str | None = None
    fix: str | None = None
    origin: str | None = None

    def under(self, prefix: str) -> Problem:
        """The same problem with its path placed below ``prefix``."""
        return replace(self, path=f"{prefix}.{self.path}" if self.path else prefix)

    def __str__(self) -> str:
        where = f"{self.path} ({self.origin})" if self.origin else self.path
        lines = [f"{where}: {self.message}"]
        for label, text in (("got", self.got), ("allowed", self.allowed), ("fix", self.fix)):
            if text is not None:
                lines.append(f"    {label + ':':<8} {text}")
        return "\n".join(lines)


class ConstructsTrainersError(ValueError):
    """Base of all errors raised here. A ``ValueError``, as the SageMaker Python SDK raises.

    Attributes:
        subject: What was being checked, such as a construct path.
        problems: Everything that was found, in the order it was found.
    """

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        details = "\n".join(f"  {line}" for p in self.problems for line in str(p).splitlines())
        super().__init__(f"{subject}: {count}\n{details}")


class RecipeError(ConstructsTrainersError):
    """A recipe, one of its layers or its override spec cannot be used."""


class LockError(RecipeError):
    """``recipes.lock.json`` is missing, damaged, or does not hold what is asked of it."""


class NoRecipeError(ValueError):
    """``get_resolved_recipe()`` was called where nothing was layered over the hub's recipe."""


class RequestError(ConstructsTrainersError):
    """A CreateTrainingJob request would be refused by the service."""


class TrainerError(ConstructsTrainersError):
    """A trainer's props are wrong. Holds all problems of the trainer, from every floor."""


class HubError(ConstructsTrainersError):
    """SageMaker's hub could not be asked, or what it holds cannot be used."""


class LocalRunError(ConstructsTrainersError):
    """The embedded engine, or something it needs, could not be started or answered wrongly."""


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name a typo most likely meant, or None when nothing is close."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A fix line that suggests the nearest known name, or None when nothing is close."""
    nearest = nearest_name(name, known)
    return None if nearest is None else f"did you mean '{nearest}'?"
