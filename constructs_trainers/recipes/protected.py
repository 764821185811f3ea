"""What no layer of a recipe may set, whatever the technique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_MODEL = "choose the model with the trainer's prop 'model'"

# What the SageMaker Python SDK keeps every trainer's users from changing.
PROTECTED: Final[Mapping[str, str]] = {
    "model_type": _BY_MODEL,
    "model_name_or_path": _BY_MODEL,
    "dataset_catalog": "give the data with the trainer's prop 'training_dataset'",
}
"""Names of leaves and parameters that keep the hub's value, each with what to do instead."""
