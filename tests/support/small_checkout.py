"""A checkout of a recipes repository, small enough to read in a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODEL = "tiny-model"
LORA = "llmft_tiny_seq4k_gpu_sft_lora"
_RECIPES = "recipes_collection/recipes/fine-tuning"
_PARAMETERS = "launcher/recipe_templatization"


def write_checkout(folder: Path, files: Mapping[str, Any]) -> Path:
    """Write the files of a checkout.

    Args:
        folder: Its root.
        files: Content by place: ``recipe:NAME`` and ``block:PATH`` are YAML among the recipes,
            other names are those of parameter files; a name that begins with a slash is a path
            from the root. Text is written as it is, everything else as JSON, which is YAML too.
    """
    for name, content in files.items():
        kind, _, rest = name.partition(":")
        place = {
            "recipe": f"{_RECIPES}/tiny/{rest}.yaml",
            "block": f"{_RECIPES}/hydra_config/{rest}.yaml",
        }.get(kind, name[1:] if name.startswith("/") else f"{_PARAMETERS}/{name}")
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
    return folder
