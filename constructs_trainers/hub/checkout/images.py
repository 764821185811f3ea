"""The training images of a checkout's recipes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_STAGE: Final = "prod"
# Neither names a recipe.
_COMMENT: Final = "_"
_SHARED: Final = "all"


def training_images(regional: Mapping[str, Any], recipe: str, key: str | None) -> Mapping[str, str]:
    """The image for training jobs by region; empty for recipes that have none.

    Args:
        regional: The family's regional parameters.
        recipe: The recipe's name: its images are under the first key that is part of it.
        key: The key, for families where the name does not tell.
    """
    keys = [key] if key is not None else [k for k in regional if _names_recipes(k) and k in recipe]
    node: Any = regional.get(keys[0]) if keys else None
    for member in ("sm_jobs", "container_image", _STAGE):
        node = node.get(member) if isinstance(node, Mapping) else None
    images = node if isinstance(node, Mapping) else {}
    return {str(region): str(image) for region, image in images.items()}


def _names_recipes(key: str) -> bool:
    return key != _SHARED and not key.startswith(_COMMENT)
