"""Clients of the engine, whatever the environment of whoever runs it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.assembly import Machine, StackArtifact
from constructs_trainers.local.deployment import DeployedApp

if TYPE_CHECKING:
    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

STACK = StackArtifact(
    id="Training",
    name="Training",
    selector="Training",
    account=None,
    region=None,
    template={},
    stack_dependencies=(),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:9"),
        ("AWS_PROFILE", "production"),
        ("AWS_ENDPOINT_URL_STEPFUNCTIONS", "http://127.0.0.1:9"),
    ],
)
def test_neither_a_proxy_nor_a_profile_stands_before_the_engine(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for no_proxy in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(no_proxy, raising=False)
    monkeypatch.setenv(name, value)
    app = DeployedApp(engine, Machine(stack=STACK, logical_id="Machine"), [STACK], "eu-north-1")
    assert app.client("stepfunctions").list_state_machines()["stateMachines"] == []
    engine.wait_until_ready()
    assert isinstance(engine.control.calls(), list)
