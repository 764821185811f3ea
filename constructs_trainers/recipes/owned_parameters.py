"""The parameters of a recipe that a trainer sets by itself, technique by technique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


_SET_BY = "give it with the trainer's prop '{}'"
_TRAINING_DATA = _SET_BY.format("training_dataset")
_VALIDATION_DATA = _SET_BY.format("validation_dataset")
_OUTPUT = _SET_BY.format("output_data_config")

_TUNING: Final[Mapping[str, str]] = {
    "data_path": _TRAINING_DATA,
    "data_s3_path": _TRAINING_DATA,
    "training_data_name": _TRAINING_DATA,
    "validation_data_path": _VALIDATION_DATA,
    "validation_data_name": _VALIDATION_DATA,
    "output_path": _OUTPUT,
    "output_s3_path": _OUTPUT,
}

# The lists are those that the SageMaker Python SDK takes out of the spec, technique by technique:
# what RLVR and RLAIF leave in is sent with its default, and the service takes it.
OWNED_PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    "SFT": _TUNING,
    "DPO": _TUNING,
    "RLVR": {
        "data_path": _TRAINING_DATA,
        "data_s3_path": _TRAINING_DATA,
        "validation_data_path": _VALIDATION_DATA,
        "output_path": _OUTPUT,
        "reward_lambda_arn": _SET_BY.format("custom_reward_function"),
    },
    "RLAIF": {
        "data_path": _TRAINING_DATA,
        "validation_data_path": _VALIDATION_DATA,
        "output_path": _OUTPUT,
    },
}
"""For each technique the spec parameters that are no hyperparameters of a serverless job, each
with what to do instead of setting it."""

TECHNIQUES: Final = tuple(OWNED_PARAMETERS)
"""The techniques that there are trainers for, in the order in which people list them."""


_BY_MODEL = "choose the model with the trainer's prop 'model'"

# What the SageMaker Python SDK keeps every trainer's users from changing.
PROTECTED: Final[Mapping[str, str]] = {
    "model_type": _BY_MODEL,
    "model_name_or_path": _BY_MODEL,
    "dataset_catalog": "give the data with the trainer's prop 'training_dataset'",
}
"""Names of leaves and parameters that keep the hub's value, each with what to do instead."""
