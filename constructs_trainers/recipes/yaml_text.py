"""Recipes as YAML text that reads back to the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.yaml_file import RecipeLoader, parse_yaml
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping


class _RecipeDumper(yaml.SafeDumper):
    """Quotes text that either YAML 1.1 or our reader would take for something else.

    So ``'1e-5'`` stays text for us, and ``'2026-01-01'`` for other programs. libyaml's emitter is
    no use here: it counts the width of a line in another way than it is told.
    """

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - as PyYAML declares it
        """Values that occur twice are written twice: a recipe is read by people."""
        return True


_OURS = RecipeLoader.yaml_implicit_resolvers
_OTHERS = yaml.SafeDumper.yaml_implicit_resolvers
_RecipeDumper.yaml_implicit_resolvers = {
    first: [*_OURS.get(first, []), *_OTHERS.get(first, [])] for first in {**_OURS, **_OTHERS}
}


def _represent_text(dumper: _RecipeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes these line breaks out between single quotes, where they read back as spaces.
    style = '"' if any(character in text for character in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_RecipeDumper.add_representer(str, _represent_text)


def dump_yaml(tree: Mapping[str, object]) -> str:
    """The YAML text of a recipe, keys in the recipe's order.

    Args:
        tree: Nested values.
    """
    text: str = yaml.dump(
        tree, Dumper=_RecipeDumper, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text


def parse_yaml_value(text: str, *, shown_as: str) -> object:
    """The value that a text stands for in YAML: ``1e-5`` is a number, nothing is null.

    Args:
        text: The text after the colon.
        shown_as: How messages name where it was written.

    Raises:
        RecipeError: The text is not YAML, or more than one value.
    """
    leaves = parse_yaml(f"value: {text}", shown_as=shown_as).leaves
    tree = tree_of({path: value for path, value, _ in leaves})
    if len(tree) > 1:
        problem = Problem(path=shown_as, message="expected one value", got=short_repr(text))
        raise RecipeError(shown_as, [problem])
    return tree["value"]
