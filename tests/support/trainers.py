"""Trainers for tests: one way to make them, on a few small hubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import constructs_trainers
from constructs_trainers.recipes.locked_models import content_digest
from tests.support import many_techniques
from tests.support.hub_locks import lock_document, write_lock
from tests.support.small_hub import MODEL, SPEC, TEMPLATE, small_hub

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs import Construct

    from constructs_trainers import BaseTrainer

DATA = "s3://amzn-s3-demo-bucket/train.jsonl"
INSTANCE_TYPE = "ml.p5.48xlarge"
# The image of the hub "own instances", and the types that its recipes are for.
IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/tiny:1"
INSTANCE_TYPES = (INSTANCE_TYPE, "ml.g6.48xlarge")


@dataclass(frozen=True, kw_only=True)
class Hub:
    """What a lock is written from, and what trainers of it are like unless they are told.

    Attributes:
        documents: The hub's documents, by model.
        objects: What they refer to, by URI.
        model: The model of its trainers.
        construct_id: The construct id of its trainers.
    """

    documents: dict[str, Any]
    objects: dict[str, Any]
    model: str = MODEL
    construct_id: str = "Trainer"


def one_technique(
    technique: str = "SFT",
    *,
    model: str = MODEL,
    template: object = TEMPLATE,
    spec: object = SPEC,
    gated: bool = False,
) -> Hub:
    """The small hub with recipes of one technique only, for jobs on own instances too.

    Args:
        technique: SFT, DPO, RLVR or RLAIF.
        model: What the hub calls the model.
        template: The recipe template.
        spec: The override spec.
        gated: Whether the model is gated.
    """
    documents, objects = small_hub(gated=gated)
    for entry in documents[MODEL]["RecipeCollection"]:
        entry |= {"CustomizationTechnique": technique, "SmtjImageUri": "image:1"}
        entry["InstanceTypes"] = [INSTANCE_TYPE]
    objects |= {"s3://hub/recipe.yaml": template, "s3://hub/spec.json": spec}
    return Hub(documents={model: documents[MODEL]}, objects=objects, model=model)


def _small(*, gated: bool = False) -> Hub:
    documents, objects = small_hub(gated=gated)
    return Hub(documents=documents, objects=objects, construct_id="Sft")


def _own_instances() -> Hub:
    hub = _small()
    for entry in hub.documents[MODEL]["RecipeCollection"]:
        entry |= {"SmtjImageUri": IMAGE, "InstanceTypes": list(INSTANCE_TYPES)}
    return hub


def _all_techniques() -> Hub:
    documents, objects = many_techniques.hub_of_all_techniques()
    return Hub(documents=documents, objects=objects, model=many_techniques.MODEL)


HUBS: dict[str, Callable[[str], Hub]] = {
    "small": lambda _: _small(),
    "small, gated": lambda _: _small(gated=True),
    "own instances": lambda _: _own_instances(),
    "one technique": one_technique,
    "all techniques": lambda _: _all_techniques(),
}
"""The hubs that have a name, each for a trainer of some technique."""


class TrainerMaker:
    """Makes trainers in a stack, whose locks it writes.

    Args:
        stack: Where trainers are made that are told no other scope.
        folder: Where locks are written, each once.
    """

    def __init__(self, stack: Construct, folder: Path) -> None:
        self.stack = stack
        self._folder = folder

    def __call__(
        self,
        technique: str = "SFT",
        *,
        hub: str | Hub = "small",
        scope: Construct | None = None,
        construct_id: str | None = None,
        **props: Any,  # noqa: ANN401 - props
    ) -> BaseTrainer:
        """Make a trainer of the hub's model and of some data in S3.

        Args:
            technique: SFT, DPO, RLVR or RLAIF.
            hub: The name of one of ``HUBS``, or a hub.
            scope: Where it is made, if not in the stack.
            construct_id: Its construct id, if not the hub's.
            props: Its props, over model, data and lock.
        """
        found = HUBS[hub](technique) if isinstance(hub, str) else hub
        kind: type[BaseTrainer] = getattr(constructs_trainers, f"{technique}Trainer")
        given = {"model": found.model, "training_dataset": DATA, "recipe_lock": self._lock(found)}
        where = self.stack if scope is None else scope
        return kind(where, construct_id or found.construct_id, **{**given, **props})

    def props(self, hub: str = "small") -> dict[str, Any]:
        """What a trainer of a hub has to be given."""
        found = HUBS[hub]("SFT")
        return {"model": found.model, "training_dataset": DATA, "recipe_lock": self._lock(found)}

    def _lock(self, hub: Hub) -> str:
        document = lock_document(hub.documents, hub.objects)
        file = self._folder / content_digest(document) / "recipes.lock.json"
        if file.exists():
            return str(file)
        file.parent.mkdir(parents=True)
        return write_lock(document, file)
