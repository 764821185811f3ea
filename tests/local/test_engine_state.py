"""What is taken of a state file, by whose word processes end and folders go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_trainers.local.engine_state import EngineState, StateFolder

STATE = EngineState(
    endpoint_url="http://127.0.0.1:4566",
    pid=4711,
    workdir=Path("/run/constructs-trainers-ab_12345"),
)


def written(**changed: object) -> str:
    state = {"endpoint_url": STATE.endpoint_url, "pid": STATE.pid, "workdir": str(STATE.workdir)}
    return json.dumps({**state, **changed})


def test_a_state_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    with folder.locked():
        assert folder.read() is None
        folder.write(STATE)
    assert folder.read() == STATE
    assert sorted(path.name for path in folder.path.iterdir()) == [
        ".gitignore",
        "engine.json",
        "lock",
    ]
    folder.remove()
    assert folder.read() is None
    folder.remove()


def test_a_state_takes_the_place_of_a_link_and_not_of_what_it_leads_to(tmp_path: Path) -> None:
    folder, other = StateFolder(tmp_path), tmp_path / "other.json"
    other.write_text(written())
    with folder.locked():
        folder.file.symlink_to(other)
        assert folder.read() is None
        folder.write(STATE)
    assert not folder.file.is_symlink()
    assert other.read_text() == written()


@pytest.mark.parametrize(
    "changed",
    [
        {"pid": -4711},
        {"pid": 0},
        {"pid": 1},
        {"pid": 2**31},
        {"pid": True},
        {"pid": "4711"},
        {"pid": 4711.0},
        {"workdir": "/home/user"},
        {"workdir": "constructs-trainers-ab_12345"},
        {"workdir": "/run/constructs-trainers-ab_12345/.."},
        {"workdir": "/run/../home/constructs-trainers-ab_12345"},
        {"workdir": "/run/constructs-trainers-"},
        {"workdir": "/run\0/constructs-trainers-ab_12345"},
        {"workdir": None},
        {"endpoint_url": "http://example.com:80"},
        {"endpoint_url": "http://127.0.0.1:4566; rm -r /"},
        {"endpoint_url": None},
    ],
)
def test_what_no_engine_can_have_written_is_no_state(changed: dict[str, object]) -> None:
    assert EngineState.parse(written()) == STATE
    assert EngineState.parse(written(**changed)) is None


@pytest.mark.parametrize("text", ["", "null", "3", "[", "{}", "[" * 50_000])
def test_what_is_no_object_of_ours_is_no_state(text: str) -> None:
    assert EngineState.parse(text) is None
