"""Trainers that are deployed again while they run, changed, renamed or gone.

Usage: python changing_app.py FOLDER

``trainers.json`` in the folder has the props of each trainer by its construct id: ``model``,
``base_job_name`` and ``max_attempts``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers import JobRetry
from tests.support.trainers import TrainerMaker, one_technique


def main(folder: Path) -> None:
    """Synthesize."""
    app = cdk.App()
    stack = cdk.Stack(app, "Changing", env=cdk.Environment(region="us-west-2"))
    make_trainer = TrainerMaker(stack, folder)
    for name, props in json.loads((folder / "trainers.json").read_text()).items():
        make_trainer(
            hub=one_technique(model=props.get("model", "tiny-model")),
            scope=Construct(stack, name),
            base_job_name=props.get("base_job_name"),
            retry=JobRetry(max_attempts=props.get("max_attempts", 3), interval_in_seconds=1),
        )
    app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
