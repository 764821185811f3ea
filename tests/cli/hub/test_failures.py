"""A pull that fails says why, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.hub_command import PULL, ServedHub
from tests.support.small_hub import MODEL, small_hub

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def old_lock(engine_with_hub: ServedHub, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("before")
    engine_with_hub.serve(*small_hub())
    answer = engine_with_hub(*PULL, "--lock", "recipes.lock.json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return (folder / "recipes.lock.json").read_bytes()


def as_it_is(_: ServedHub) -> None:
    """The small hub."""


def without_recipes(hub: ServedHub) -> None:
    hub.serve({MODEL: {"RecipeCollection": []}}, {})


def without_a_document(hub: ServedHub) -> None:
    hub.serve({MODEL: "<html>"}, {})


def with_a_recipe_that_no_lock_can_hold(hub: ServedHub) -> None:
    documents, objects = small_hub()
    hub.serve(documents, {**objects, "s3://hub/recipe.yaml": "lr: .nan"})


def without_the_recipes_object(hub: ServedHub) -> None:
    hub.remove_object("s3://hub/recipe.yaml")


@pytest.mark.parametrize(
    ("change", "arguments", "environment", "said"),
    [
        (
            as_it_is,
            ["--model", "no-such", "--model", "no-other"],
            {},
            [
                "no-such: no hub that was asked has this model",
                "no-other: no hub that was asked has this model",
            ],
        ),
        (as_it_is, ["--technique", "DPO"], {}, ["no DPO recipe"]),
        (
            as_it_is,
            [],
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            ["no usable AWS credentials"],
        ),
        (as_it_is, [], {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, ["AWS cannot be reached"]),
        (without_recipes, [], {}, ["no fine-tuning recipe"]),
        (without_a_document, [], {}, ["not valid JSON"]),
        (with_a_recipe_that_no_lock_can_hold, [], {}, ["cannot carry this number"]),
        (without_the_recipes_object, [], {}, ["object that does not exist"]),
    ],
    ids=[
        "unknown models",
        "no recipe of the technique",
        "no credentials",
        "no endpoint",
        "no recipe",
        "no document",
        "a number that JSON lacks",
        "no object",
    ],
)
def test_what_fails_is_told_and_leaves_the_old_lock(
    hub: ServedHub,
    project: Path,
    old_lock: bytes,
    *,
    change: Callable[[ServedHub], None],
    arguments: list[str],
    environment: dict[str, str],
    said: list[str],
) -> None:
    (project / "recipes.lock.json").write_bytes(old_lock)
    change(hub)
    answer = hub(*PULL, *arguments, cwd=project, AWS_MAX_ATTEMPTS="1", **environment)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "Traceback" not in answer.stderr
    assert [path.name for path in sorted(project.iterdir())] == [
        "cdk.json",
        "deep",
        "recipes.lock.json",
    ]
    assert (project / "recipes.lock.json").read_bytes() == old_lock
    for text in said:
        assert text in answer.stderr
