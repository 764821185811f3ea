"""``constructs-trainers hub check`` against the embedded engine, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.hub_command import PULL, REGION, ServedHub
from tests.support.small_hub import MODEL, small_hub

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine


def test_a_check_tells_agreement_from_a_hub_that_has_moved(hub: ServedHub, project: Path) -> None:
    hub(*PULL, cwd=project)
    lock = (project / "recipes.lock.json").read_bytes()
    agreed = hub("check", cwd=project)
    assert (agreed.returncode, agreed.stdout) == (0, "recipes.lock.json: agrees with the hub\n")

    documents, objects = small_hub(gated=True)
    documents[MODEL]["RecipeCollection"].pop()
    hub.serve(documents, objects)
    moved = hub("check", cwd=project)
    assert moved.returncode == 1
    assert moved.stdout.splitlines() == [
        f"us-west-2 {MODEL}: the hub has moved",
        "  GatedBucket: False -> True",
        "  recipe tiny-full: removed",
        "recipes.lock.json: differs from the hub in us-west-2",
    ]
    result = json.loads(hub("check", "--json", cwd=project).stdout)
    assert result["agrees"] is False
    assert result["differences"][0] == {
        "region": REGION,
        "model": MODEL,
        "recipe": None,
        "path": "GatedBucket",
        "change": "changed",
        "locked": False,
        "hub": True,
    }
    assert (project / "recipes.lock.json").read_bytes() == lock

    hub(*PULL, cwd=project)
    assert hub("check", cwd=project).returncode == 0


def test_a_script_can_tell_a_failure_from_a_finding(hub: ServedHub, project: Path) -> None:
    answer = hub("check", "--json", cwd=project)
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["error"] == "LockError"
    assert "hub pull" in answer.stderr
