"""The worker that resolves with this project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.recipes.worker import serve
from constructs_trainers.recipes.layers import mapping_layer, recipe_file_layer
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS, PROTECTED
from constructs_trainers.recipes.spec import OverrideSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PACKAGES = ("constructs-trainers", "omegaconf", "pyyaml")


def prepare(case: Mapping[str, Any]) -> Callable[[], dict[str, object]]:
    """What resolves a case, from the hub's JSON and the user's file to nested dicts."""
    file = Path(case["recipe_file"])
    owned = OWNED_PARAMETERS[case["technique"]]

    def resolve() -> dict[str, object]:
        resolved = resolve_recipe(
            case["template"],
            OverrideSpec.from_json(case["spec"], shown_as=case["name"]),
            [
                recipe_file_layer(file, shown_as=file.name),
                mapping_layer("overrides", case["overrides"]),
            ],
            protected=PROTECTED,
            owned=owned,
            sequence_length=case["sequence_length"],
        )
        return resolved.to_dict()

    return resolve


if __name__ == "__main__":
    serve(prepare, PACKAGES)
