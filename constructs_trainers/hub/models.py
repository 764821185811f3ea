"""The models that can be fine-tuned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.hub.aws_lookups import AwsLookups


def models_for(aws: AwsLookups, technique: str, hub: str) -> list[str]:
    """The names of a hub's models that support a technique, sorted.

    The hub says so in its search keywords: ``@recipe:finetuning_sft``, or with more behind it,
    such as ``@recipe:finetuning_sft_lora``.

    Raises:
        HubError: The hub could not be asked.
    """
    keyword = f"@recipe:finetuning_{technique.lower()}"
    names = {
        str(summary["HubContentName"])
        for summary in aws.models(hub)
        if any(
            word.lower() == keyword or word.lower().startswith(f"{keyword}_")
            for word in summary.get("HubContentSearchKeywords", [])
        )
    }
    return sorted(names)
