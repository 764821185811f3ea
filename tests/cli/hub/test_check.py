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


@pytest.mark.parametrize(
    ("environment", "error", "said"),
    [
        ({}, "LockError", "hub pull"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "HubError", "no usable AWS"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "HubError", "AWS cannot be reached"),
    ],
    ids=["no lock", "no credentials", "no endpoint"],
)
def test_what_could_not_be_checked_does_not_count_as_moved(
    hub: ServedHub, project: Path, environment: dict[str, str], error: str, said: str
) -> None:
    if environment:
        hub(*PULL, cwd=project)
    answer = hub("check", cwd=project, AWS_MAX_ATTEMPTS="1", **environment)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in answer.stderr
    answer = hub("check", "--json", cwd=project, AWS_MAX_ATTEMPTS="1", **environment)
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["error"] == error
    assert said in answer.stderr
