"""Override specs: what the hub says about each placeholder of a recipe template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE_TYPES = ("integer", "int")
NUMBER_TYPES = ("float", *WHOLE_TYPES)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """The rules for one placeholder, as an entry of the hub's override parameters gives them.

    Attributes:
        name: The placeholder's name, which is also the hyperparameter's name.
        type: The hub's word for the type: float, integer, string or boolean. Other words are
            not checked.
        default: The value used when no layer gives one.
        minimum: Smallest number allowed, or None.
        maximum: Largest number allowed, or None.
        enum: The values allowed, or None when any is.
        required: Whether a value must be there in the end.
        description: What the hub says the parameter does.
    """

    name: str
    type: str | None = None
    default: object = None
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[object, ...] | None = None
    required: bool = False
    description: str | None = None

    def limits(self) -> str | None:
        """The range or the enum as text, or None when there is neither."""
        if self.enum is not None:
            return "one of " + ", ".join(repr(value) for value in self.enum)
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f"{self.minimum} or more"
        if self.maximum is not None:
            return f"{self.maximum} or less"
        return None


class OverrideSpec(Mapping[str, Parameter]):
    """The parameters of one recipe by name."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = dict(parameters)

    @classmethod
    def from_json(cls, document: Mapping[str, object], *, shown_as: str) -> OverrideSpec:
        """Read the hub's JSON form.

        Args:
            document: Parameter name to an object with ``type``, ``default``, ``min``, ``max``,
                ``enum``, ``required`` and ``description``, each optional or null.
            shown_as: How messages name the document.

        Raises:
            RecipeError: An entry is not an object, or a limit is of the wrong type.
        """
        problems: list[Problem] = []
        parameters = {name: _parameter(name, entry, problems) for name, entry in document.items()}
        if problems:
            raise RecipeError(shown_as, problems)
        return cls(parameters)

    def without(self, names: Mapping[str, object]) -> OverrideSpec:
        """The spec without some parameters."""
        return OverrideSpec({k: v for k, v in self._parameters.items() if k not in names})

    def __getitem__(self, name: str) -> Parameter:
        return self._parameters[name]

    def __contains__(self, name: object) -> bool:
        # Most leaves are asked for and not found: by default that is an exception each.
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


def _parameter(name: str, entry: object, problems: list[Problem]) -> Parameter:
    if not isinstance(entry, Mapping):
        problems.append(
            Problem(
                path=name, message="an override spec entry must be an object", got=short_repr(entry)
            )
        )
        return Parameter(name=name)
    enum = entry.get("enum")
    if enum is not None and not isinstance(enum, (list, tuple)):
        problems.append(
            Problem(path=f"{name}.enum", message="must be a list", got=short_repr(enum))
        )
        enum = None
    type_name = entry.get("type")
    description = entry.get("description")
    return Parameter(
        name=name,
        type=None if type_name is None else str(type_name),
        default=entry.get("default"),
        minimum=_limit(f"{name}.min", entry.get("min"), problems),
        maximum=_limit(f"{name}.max", entry.get("max"), problems),
        enum=None if enum is None else tuple(enum),
        required=entry.get("required") is True,
        description=None if description is None else str(description),
    )


def _limit(path: str, value: object, problems: list[Problem]) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        problems.append(Problem(path=path, message="must be a number", got=short_repr(value)))
        return None
    return value
