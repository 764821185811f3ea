from __future__ import annotations

import json
from typing import Any

import pytest

from tests.trainers.conftest import ROOT
from tools import record_signatures


class Trainer:
    latest = None
    model = None

    def __init__(self, model: str, *, role: str | None = None, **kwargs: object) -> None: ...

    def train(self, wait: bool = True, *extra: object) -> None: ...  # noqa: FBT001, FBT002

    @classmethod
    def models(cls, session: object = None) -> None: ...

    def _hidden(self) -> None: ...


def test_names_of_parameters_methods_and_attributes_are_recorded() -> None:
    kind: Any = Trainer
    assert record_signatures.parameters(kind.__init__) == ["model", "role"]
    assert record_signatures.methods(kind) == {"models": ["session"], "train": ["wait"]}
    assert record_signatures.attributes(kind) == ["latest"]


def test_the_file_is_what_the_sdk_gives() -> None:
    pytest.importorskip("sagemaker.train", reason="the SDK is not installed")
    file = ROOT / "tests" / "parity" / "sdk_signatures.json"
    assert record_signatures.record() == json.loads(file.read_text(encoding="utf-8"))
