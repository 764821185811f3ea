"""Stacks with trainers in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_trainers
from constructs_trainers import SFTTrainer
from tests.support import many_techniques
from tests.support.hub_locks import lock_document, write_lock
from tests.support.small_hub import MODEL, small_hub

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

ROOT = Path(__file__).parents[2]
DATA = "s3://amzn-s3-demo-bucket/train.jsonl"


@pytest.fixture(scope="session")
def feature_flags() -> dict[str, Any]:
    """The context that the cdk CLI gives the example app."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


@pytest.fixture
def stack(feature_flags: dict[str, Any]) -> cdk.Stack:
    """A stack with a region and an account."""
    app = cdk.App(context=feature_flags)
    return cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="us-west-2"))


@pytest.fixture(scope="session")
def lock(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a lock with the small hub's model."""
    folder = tmp_path_factory.mktemp("lock")
    return write_lock(lock_document(*small_hub()), folder / "recipes.lock.json")


@pytest.fixture
def sft(stack: cdk.Stack, lock: str) -> Callable[..., SFTTrainer]:
    """Makes a trainer of the small hub's model; keywords are props."""

    def make(scope: Construct = stack, construct_id: str = "Sft", **props: Any) -> SFTTrainer:  # noqa: ANN401 - props
        defaults = {"model": MODEL, "training_dataset": DATA, "recipe_lock": lock}
        return SFTTrainer(scope, construct_id, **{**defaults, **props})

    return make


@pytest.fixture
def make(stack: cdk.Stack, all_techniques: str) -> Callable[..., Any]:
    """Makes a trainer of a model with recipes for all techniques; the class is named first."""

    def trainer(kind: str = "SFTTrainer", construct_id: str = "Trainer", **props: Any) -> Any:  # noqa: ANN401 - props
        given = {
            "model": many_techniques.MODEL,
            "training_dataset": DATA,
            "recipe_lock": all_techniques,
        }
        return getattr(constructs_trainers, kind)(stack, construct_id, **{**given, **props})

    return trainer


@pytest.fixture(scope="session")
def all_techniques(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a lock with a model that has recipes for all techniques."""
    folder = tmp_path_factory.mktemp("techniques")
    document = lock_document(*many_techniques.hub_of_all_techniques())
    return write_lock(document, folder / "recipes.lock.json")
