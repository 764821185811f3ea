"""A checkout of a recipes repository, small enough to read in a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODEL = "tiny-model"
LORA = "llmft_tiny_seq4k_gpu_sft_lora"
FULL = "llmft_tiny_seq8k_gpu_dpo_fft"
ADAPTER = """
defaults:
  - /hydra_config/tiny/base
  - /hydra_config/tiny/adapter
  - _self_
display_name: Tiny, an adapter
instance_types: [ml.tiny.xlarge, ml.tiny.2xlarge]
run: {name: tiny}
training_config:
  lr: 1e-5
  batch: 16
  epochs: "${multiply:2,3}"
"""
BASE = """# @package recipes
run:
  name: ???
  results_dir: ${base}/${.name}
"""
PLACES = {
    "run": {"name": "{{name}}", "results_dir": "{{results_directory}}"},
    "training_config": {
        "lr": "{{learning_rate}}",
        "batch": "{{global_batch_size}}",
        "absent": "{{absent}}",
    },
}
SPEC = {
    "name": {"type": "string", "required": True, "default": "a-job"},
    "results_directory": {"type": "string", "required": True, "default": ""},
    "learning_rate": {"type": "float", "min": 0, "max": 0.001, "default": 1},
    "global_batch_size": {"type": "integer", "enum": [8], "default": 8},
    "absent": {"type": "string", "default": "stays"},
}
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


def small_checkout() -> dict[str, Any]:
    """A checkout with one family and one model: an adapter put together from blocks, a whole."""
    return {
        "jumpstart_model-id_map.json": {"tiny": MODEL, "other": "other-model"},
        "llmft/llmft_regional_parameters.json": {
            "_comment": "where llmft runs",
            "llmft": {"sm_jobs": {"container_image": {"prod": {"us-west-2": "tiny-image:1"}}}},
        },
        "llmft/llmft_recipe_template_parameters.json": {
            "templates": {
                "llmft_sft_lora": {"recipe_template": PLACES, "recipe_override_parameters": SPEC},
                "llmft_dpo_fft": {"recipe_template": PLACES, "recipe_override_parameters": SPEC},
            }
        },
        "block:tiny/base": BASE,
        "block:tiny/adapter": "# @package recipes.training_config.peft\nrank: 4\n",
        f"recipe:{LORA}": ADAPTER,
        f"recipe:{FULL}": {
            "display_name": "Tiny, whole",
            "instance_types": ["ml.tiny.xlarge"],
            "run": {"name": "tiny", "results_dir": "/out"},
            "training_config": {"lr": 1e-6, "batch": 64, "epochs": 1},
        },
    }
