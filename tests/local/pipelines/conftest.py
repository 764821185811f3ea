"""One engine and one deployed app for all tests of workflows that run trainers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.fault_lab import Lab

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedApp]:
    pytest.importorskip("ministack")
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    project = tmp_path_factory.mktemp("pipelines") / "project"
    shutil.copytree(PROJECT / "examples" / "all_trainers", project)
    (project / "node_modules").symlink_to(PROJECT / "node_modules")
    app = f"{sys.executable} {PROJECT / 'tests' / 'support' / 'pipelines_app.py'}"
    choice = AppChoice(project=project, app=app, state_machine="Sft")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as running:
            yield running


@pytest.fixture(scope="session")
def lab(deployed: DeployedApp) -> Lab:
    return Lab(deployed)
