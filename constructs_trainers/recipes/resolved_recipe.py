"""What resolution gives: every value with its origin."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.recipes.interpolation import escaped
from constructs_trainers.recipes.layers import HUB
from constructs_trainers.recipes.paths import same_value, tree_of
from constructs_trainers.recipes.yaml_file import dump_yaml
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers.recipes.layers import Entry, Origin
    from constructs_trainers.recipes.paths import Path
    from constructs_trainers.recipes.spec import OverrideSpec


@dataclass(frozen=True, kw_only=True)
class _ResolvedValue:
    """What leaves and parameters have in common.

    Attributes:
        value: The value to train with.
        origin: The layer that decided it.
        default: The value without any layer: that of the hub's recipe, or the spec's default.
        replaced: What the next lower layer of the user gave, or None when none did.
    """

    value: object
    origin: Origin
    default: object
    replaced: Entry | None = None

    @property
    def is_set(self) -> bool:
        """Whether a layer of the user gave the value, be it the default or not."""
        return self.origin != HUB


@dataclass(frozen=True, kw_only=True)
class ResolvedLeaf(_ResolvedValue):
    """One value of a resolved recipe.

    Attributes:
        path: Where it is in the recipe.
        direct: Whether a layer gave the value under this path, not through a parameter.
        parameter: The spec parameter that the whole leaf stands for, or None.
        open: Whether the value refers to what only the launcher or the platform has, and is
            left to be filled in there.
    """

    path: Path
    direct: bool
    parameter: str | None
    open: bool = False

    @property
    def written(self) -> object:
        """The value as a file has it that is read with OmegaConf."""
        return self.value if self.open else escaped(self.value)


@dataclass(frozen=True, kw_only=True)
class ResolvedParameter(_ResolvedValue):
    """A spec parameter that no leaf of the template stands for as a whole.

    The template does not mention it, or only within longer text.

    Attributes:
        name: The parameter's name.
    """

    name: str


@dataclass(frozen=True)
class ResolvedRecipe:
    """A recipe with all layers applied, interpolated and checked.

    Attributes:
        leaves: Every value, in the template's order.
        parameters: The spec parameters that no leaf stands for.
        spec: The override spec the values were held against.
    """

    leaves: tuple[ResolvedLeaf, ...]
    parameters: tuple[ResolvedParameter, ...]
    spec: OverrideSpec

    def to_dict(self) -> dict[str, object]:
        """The recipe as nested dicts: a deep copy, the caller's to change."""
        return tree_of({leaf.path: copy.deepcopy(leaf.value) for leaf in self.leaves})

    def to_yaml(self) -> str:
        """The recipe as YAML text: byte for byte what a job on own instances is given.

        Read with OmegaConf it has the same values: ``${`` in plain text is escaped.
        """
        written = {leaf.path: leaf.written for leaf in self.leaves}
        return dump_yaml(tree_of(written))

    @property
    def changed(self) -> tuple[ResolvedLeaf | ResolvedParameter, ...]:
        """The values that differ from the hub's recipe."""
        everything: tuple[ResolvedLeaf | ResolvedParameter, ...] = (*self.leaves, *self.parameters)
        return tuple(item for item in everything if not same_value(item.value, item.default))

    def digest(self, resolve_token: Callable[[object], object]) -> str:
        """SHA-256 over the canonical JSON of the recipe, as 64 hexadecimal digits.

        Canonical: keys sorted, no spaces, ASCII. The document is the resolved recipe under
        ``recipe`` and the parameters that no leaf stands for under ``parameters``.

        Args:
            resolve_token: Gives the CloudFormation form of a value that holds a CDK token. The
                text of a token is no use here: its number moves when an unrelated resource is
                added to the app.
        """
        document = {
            "recipe": self.to_dict(),
            "parameters": {item.name: item.value for item in self.parameters},
        }
        text = json.dumps(
            _without_tokens(document, resolve_token), sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


def _without_tokens(value: object, resolve_token: Callable[[object], object]) -> object:
    if isinstance(value, Mapping):
        return {key: _without_tokens(item, resolve_token) for key, item in value.items()}
    return resolve_token(value) if is_token(value) else value
