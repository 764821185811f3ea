"""Trainers of every technique on the small hub's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import constructs_trainers
from tests.support.hub_locks import lock_document, write_lock
from tests.support.small_hub import MODEL, SPEC, TEMPLATE, small_hub

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

    from constructs_trainers import BaseTrainer

INSTANCE_TYPE = "ml.p5.48xlarge"
DATA = "s3://amzn-s3-demo-bucket/train.jsonl"


def small_trainer(
    stack: Construct,
    folder: Path,
    technique: str = "SFT",
    *,
    model_name: str = MODEL,
    template: object = None,
    spec: dict[str, Any] | None = None,
    gated: bool = False,
    **props: Any,  # noqa: ANN401
) -> BaseTrainer:
    """Make a trainer with id ``Trainer`` whose lock has recipes of its technique only.

    Args:
        stack: The stack, or another scope.
        folder: Where its lock is written.
        technique: SFT, DPO, RLVR or RLAIF.
        model_name: What the hub calls the model.
        template: The recipe template in place of the small hub's.
        spec: The override spec in place of the small hub's.
        gated: Whether the model is gated.
        props: The trainer's props, over a model and a data set.
    """
    hub, s3 = small_hub(gated=gated)
    for entry in hub[MODEL]["RecipeCollection"]:
        entry |= {"CustomizationTechnique": technique, "SmtjImageUri": "image:1"}
        entry["InstanceTypes"] = [INSTANCE_TYPE]
    s3["s3://hub/recipe.yaml"] = TEMPLATE if template is None else template
    s3["s3://hub/spec.json"] = SPEC if spec is None else spec
    lock = write_lock(lock_document({model_name: hub[MODEL]}, s3), folder / "recipes.lock.json")
    kind: type[BaseTrainer] = getattr(constructs_trainers, f"{technique}Trainer")
    given = {"model": model_name, "training_dataset": DATA, "recipe_lock": lock, **props}
    return kind(stack, "Trainer", **given)
