"""How much of the model is trained."""

from __future__ import annotations

from enum import Enum


class TrainingType(Enum):
    """How much of the model is trained; the SageMaker Python SDK's enum of the same name."""

    LORA = "LORA"
    """Low-rank adapters beside the frozen model. Sends ``Peft: LORA``."""

    FULL = "FULL"
    """All weights. Sends no ``Peft``."""
