"""One engine and one deployed app for all fault tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fault_lab import Lab

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    pytest.importorskip("ministack")
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    folder = tmp_path_factory.mktemp("faults")
    shutil.copy(PROJECT / "cdk.json", folder)
    (folder / "node_modules").symlink_to(PROJECT / "node_modules")
    script = PROJECT / "tests" / "support" / "faults_app.py"
    command = f"{sys.executable} {script} {folder}"
    choice = AppChoice(project=folder, app=command, state_machine="Faults/Hasty/Trainer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as app:
            yield Lab(app)
