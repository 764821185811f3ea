"""Stacks with trainers in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from tests.support.trainers import TrainerMaker

ROOT = Path(__file__).parents[2]


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
def locks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the locks of all trainers that tests make."""
    return tmp_path_factory.mktemp("locks")


@pytest.fixture
def make_trainer(stack: cdk.Stack, locks: Path) -> TrainerMaker:
    """Makes trainers, in the stack if no other scope is given."""
    return TrainerMaker(stack, locks)
