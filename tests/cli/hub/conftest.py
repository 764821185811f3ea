"""A hub that the embedded engine serves, and a project that has no lock yet.

Each file has an engine of its own, so that files can run beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import ServedHub
from tests.support.small_hub import small_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def engine_with_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    from constructs_trainers.local.engine import Engine

    file = tmp_path_factory.mktemp("hub") / "hub.json"
    file.write_text("{}")
    with Engine(file) as engine:
        engine.wait_until_ready()
        yield ServedHub(engine, file)


@pytest.fixture
def hub(engine_with_hub: ServedHub) -> ServedHub:
    engine_with_hub.serve(*small_hub())
    return engine_with_hub


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "deep").mkdir()
    return tmp_path
