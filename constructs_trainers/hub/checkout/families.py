"""The families of recipes, what is read off a recipe in each, and where its images are named.

The repository keeps these rules in its launcher's code; the parameter files hold the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Callable

_LENGTHS: Final = (1, 2, 4, 8, 16, 32, 64, 128)
_K: Final = 1024


@dataclass(frozen=True, kw_only=True)
class RecipeFacts:
    """What is read off a recipe.

    Attributes:
        group: The group in the family's parameter file.
        technique: The customization technique, as the hub writes it.
        peft: ``LORA``, or None for full fine-tuning.
        sequence_length: Such as ``4K``.
    """

    group: str
    technique: str
    peft: str | None
    sequence_length: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of recipes.

    Attributes:
        name: Its name, which its files and its recipes' names begin with.
        model_key: Where in a recipe its model is named.
        own_metadata: Whether display name and instance types are in a file of the family instead
            of the recipe.
        facts: Reads a recipe: its name, its display name and its values. None for recipes that
            serverless jobs are not run with.
        image_key: Under which key its images are: by its path and its values. None for families
            where its name tells.
    """

    name: str
    model_key: tuple[str, str]
    own_metadata: bool = False
    facts: Callable[[str, str, Mapping[str, Any]], RecipeFacts | None]
    image_key: Callable[[str, Mapping[str, Any]], str] | None = None


def family_of(recipe: str) -> Family | None:
    """The family of a recipe, by its name; None for one that is no hub content."""
    return next((family for family in _FAMILIES if recipe.startswith(family.name)), None)


def value_at(tree: Mapping[str, Any], *path: str) -> Any:  # noqa: ANN401 - of any type
    """The value at a path, or None."""
    node: Any = tree
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _llmft(name: str, _display_name: str, recipe: Mapping[str, Any]) -> RecipeFacts | None:
    technique = "DPO" if "dpo" in name else "SFT"
    peft_type = value_at(recipe, "training_config", "model_config", "peft_config", "peft_type")
    if "fft" in name:
        group = f"llmft_{technique.lower()}_fft"
    elif "dpo" in name:
        group = "llmft_dpo"
    elif "sft_lora" in name:
        group = "llmft_sft_lora"
    elif "fine_tuning" in name:
        group = "llmft_fine_tuning"
    else:
        raise hub_error(name, "the name of this LLMFT recipe does not tell its technique")
    length = re.search(r"seq(\d+)k", name)
    if length is None:
        raise hub_error(name, "the name of this LLMFT recipe does not tell its sequence length")
    is_lora = str(peft_type).lower() == "lora" or (peft_type is None and "lora" in name)
    return RecipeFacts(
        group=group,
        technique=technique,
        peft="LORA" if is_lora else None,
        sequence_length=f"{length[1]}K",
    )


def _verl(name: str, display_name: str, recipe: Mapping[str, Any]) -> RecipeFacts | None:
    config = value_at(recipe, "training_config") or {}
    estimator = value_at(config, "algorithm", "adv_estimator")
    if estimator is None:
        technique = "DPO" if value_at(config, "trainer", "beta") is not None else "SFT"
        group = technique.lower()
    elif estimator == "grpo":
        technique = next((t for t in ("RLAIF", "RLVR") if t in display_name), "")
        if not technique:
            raise hub_error(
                f"{name}.display_name",
                "the display name does not tell the technique",
                got=short_repr(display_name),
                allowed="a text with RLVR or RLAIF in it",
            )
        group = f"grpo_{technique.lower()}"
    else:
        return None
    model = value_at(config, "actor_rollout_ref", "model") or value_at(config, "model")
    is_lora = lora_rank(model) > 0 or "lora" in name
    data = value_at(config, "data") or {}
    parts = [value_at(data, "max_prompt_length"), value_at(data, "max_response_length")]
    tokens = value_at(data, "max_length") if None in parts else sum(_whole(p) for p in parts)
    return RecipeFacts(
        group=f"{group}_fft" if "fft" in name else group,
        technique=technique,
        peft="LORA" if is_lora else None,
        sequence_length=_length(name, tokens),
    )


def lora_rank(model: object) -> int:
    """The rank of a verl recipe's adapter, wherever it is written; 0 when nowhere."""
    tree = model if isinstance(model, Mapping) else {}
    return _whole(value_at(tree, "lora_rank")) or _whole(value_at(tree, "lora", "rank"))


def _verl_image(path: str, recipe: Mapping[str, Any]) -> str:
    config = value_at(recipe, "training_config") or {}
    if "profiler" not in config and "global_profiler" not in config:
        return "verl"
    variants = {"nemotron": "-vllm012", "gemma4": "-tf58"}
    return "verl-0.7.0" + next((v for word, v in variants.items() if word in path), "")


def _nova(name: str, display_name: str, recipe: Mapping[str, Any]) -> RecipeFacts | None:
    if any(word in name for word in ("pretrain", "distill", "ppo", "eval")):
        return None
    kind = next((word for word in ("dpo", "sft", "rft") if word in name), None)
    techniques = {"dpo": "DPO", "sft": "SFT"}
    technique = techniques.get(str(kind)) or next(
        (t for t in ("RLAIF", "RLVR") if t in display_name), None
    )
    if kind is None or technique is None:
        raise hub_error(
            name,
            "neither the name nor the display name of this Nova recipe tells its technique",
            got=short_repr(display_name),
        )
    is_lora = "lora" in name
    group = f"lora_{kind}" if is_lora else kind
    if kind == "rft" and "smtj" in name:
        group = f"smtj_{group}"
    if kind == "sft" and "_2_0" in name:
        group = f"{group}_2_0"
    tokens = value_at(recipe, "training_config", "max_length")
    return RecipeFacts(
        group=f"nova_{group}",
        technique=technique,
        peft="LORA" if is_lora else None,
        sequence_length=_length(name, tokens),
    )


def _length(name: str, tokens: object) -> str:
    """The longest of the hub's sequence lengths that is not longer than so many tokens."""
    if isinstance(tokens, bool) or not isinstance(tokens, int):
        message = "the recipe's sequence length cannot be told from its values"
        raise hub_error(name, message, got=short_repr(tokens))
    fitting = [length for length in _LENGTHS if length * _K <= tokens]
    return f"{fitting[-1] if fitting else _LENGTHS[0]}K"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def training_images(regional: Mapping[str, Any], recipe: str, key: str | None) -> Mapping[str, str]:
    """The image for training jobs by region; empty for recipes that have none.

    Where no key is given, the images are under the first one that is part of the recipe's name.
    """
    if key is None:
        key = next((k for k in regional if _names_recipes(k) and k in recipe), "")
    images = value_at(regional, key, "sm_jobs", "container_image", "prod")
    found = images if isinstance(images, Mapping) else {}
    return {str(region): str(image) for region, image in found.items()}


def _names_recipes(key: str) -> bool:
    # What all recipes share, and comments.
    return key != "all" and not key.startswith("_")


_FAMILIES: Final = (
    Family(name="llmft", model_key=("run", "name"), facts=_llmft),
    Family(name="verl", model_key=("run", "name"), facts=_verl, image_key=_verl_image),
    Family(name="nova", model_key=("run", "model_type"), own_metadata=True, facts=_nova),
)
