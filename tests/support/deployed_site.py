"""An app on an engine, which is deployed again and again."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.plan import Outcome, Plan
from tests.support.fault_lab import Lab, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_trainers.local.cdk_cli import CdkCli

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    """An app that is deployed again and again, and what runs of it."""

    lab: Lab
    cli: CdkCli
    folder: Path
    command: str

    def deploy(
        self, trainers: Mapping[str, Mapping[str, object]], stacks: Sequence[str] = ("Changing",)
    ) -> None:
        """Deploy the app with other trainers."""
        self.synth(trainers)
        self.cli.deploy(self.folder / "cdk.out", stacks)

    def synth(self, trainers: Mapping[str, Mapping[str, object]]) -> None:
        """Synthesize the app with other trainers."""
        (self.folder / "trainers.json").write_text(json.dumps(trainers))
        self.cli.synth(self.folder, self.command, self.folder / "cdk.out")

    def run_cdk(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the output of a command on the app as it was synthesized last."""
        assembly = str(self.folder / "cdk.out")
        code, lines = self.cli._run([*arguments, "--app", assembly], self.folder, lambda _: None)
        return code, "\n".join(lines)

    def destroy(self) -> int:
        """Destroy the stack; gives the command's exit code."""
        return self.run_cdk("destroy", "Changing", "--force")[0]

    def run(self, trainer: str, *outcomes: Outcome) -> str:
        """An execution whose last planned job runs on for ever, and was looked at."""
        self.lab.follow(Plan(outcomes=[*outcomes, Outcome(endless=True)]))
        execution = self.lab.start(trainer)
        eventually(lambda: len(self.lab.jobs()) == len(outcomes) + 1)
        eventually(lambda: self.lab.calls("DescribeTrainingJob"))
        return execution


@contextmanager
def deployed(folder: Path, trainers: Mapping[str, Mapping[str, object]]) -> Iterator[Site]:
    """An app with some trainers, on an engine of its own."""
    pytest.importorskip("ministack")
    from constructs_trainers.local.cdk_cli import CdkCli, find_cdk
    from constructs_trainers.local.deployment import AppChoice, deployed_app
    from constructs_trainers.local.environment import DEFAULT_ACCOUNT, isolated_environment

    shutil.copy(PROJECT / "cdk.json", folder)
    (folder / "node_modules").symlink_to(PROJECT / "node_modules")
    (folder / "trainers.json").write_text(json.dumps(trainers))
    script = PROJECT / "tests" / "support" / "changing_app.py"
    command = f"{sys.executable} {script} {folder}"
    first = next(iter(trainers))
    choice = AppChoice(project=folder, app=command, state_machine=f"Changing/{first}/Trainer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as app:
            environment = isolated_environment(
                app.engine.endpoint,
                app.engine.workdir,
                account=DEFAULT_ACCOUNT,
                region="us-west-2",
                base=os.environ,
            )
            cdk = find_cdk(folder, environment["PATH"])
            cli = CdkCli(cdk, environment, app.engine.workdir, lambda _: None)
            yield Site(Lab(app), cli, folder, command)
