"""``python -m tests.conformance FILE``: the state machines of FILE on a second engine.

FILE is what ``tests.conformance.definitions`` writes. The last line on standard output has the
figures; it ends with 1 when something differs from what is documented.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.conformance import pipelines, replay_check, stopper
from tests.conformance.moto_engine import Engine
from tests.conformance.replays import differences, read_recordings
from tests.conformance.trainers import Trainer


class Report:
    """What was run, and what differs.

    Attributes:
        runs: How many executions were run.
        definitions: Of how many definitions.
        differences: What differs, by run.
    """

    def __init__(self) -> None:
        self.runs, self.definitions = 0, 0
        self.differences: dict[str, list[str]] = {}
        self._started = time.perf_counter()

    def add(self, run: str, problems: list[str]) -> None:
        """Count a run, and keep what is wrong with it."""
        self.runs += 1
        if problems:
            self.differences[run] = problems
            say(f"DIFFERS {run}")
            for problem in problems:
                say(f"    {problem}")

    def done(self, name: str) -> None:
        """Count a definition."""
        self.definitions += 1
        say(f"{self.seconds:5.1f} s  {self.runs:5} runs  {name}")

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return time.perf_counter() - self._started

    def as_json(self) -> str:
        """All of it for scripts."""
        figures = {"runs": self.runs, "definitions": self.definitions}
        found = {**figures, "differences": self.differences, "seconds": round(self.seconds, 1)}
        return json.dumps(found, ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        return (
            f"conformance: {self.runs} runs, {len(self.differences)} differences, "
            f"{self.definitions} definitions"
        )


def say(line: str) -> None:
    """Tell a person how it goes."""
    print(line, file=sys.stderr)  # noqa: T201 - standard output is for the figures


def run_all(engine: Engine, documents: list[dict[str, Any]], report: Report) -> None:
    """Run all definitions: trainers, then what is run beside and around them."""
    trainers = [Trainer(each) for each in documents if each["request"] is not None]
    for trainer in trainers:
        trainer.check(engine, report.add)
        replay_check.check(engine, trainer, report.add)
        report.done(trainer.name)
    for document in documents:
        name = document["name"]
        stack = name.partition(".")[0]
        of_stack = [trainer for trainer in trainers if trainer.name.startswith(f"{stack}.")]
        if document["pipeline"] is not None:
            machines = {trainer.document["arn"]: trainer for trainer in of_stack}
            pipelines.check(engine, document, machines, report.add)
        elif ".ConstructsTrainersStopper" in name:
            for trainer in of_stack:
                stopper.check(engine, document["definition"], trainer, report.add)
        else:
            continue
        report.done(name)


def main() -> int:
    """Run all that there is; 0 when nothing differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("file", type=Path, help="what tests.conformance.definitions wrote")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="recorded executions as well")
    parser.add_argument("--json", action="store_true", help="all figures, before the last line")
    arguments = parser.parse_args()
    report = Report()
    documents = json.loads(arguments.file.read_text(encoding="utf-8"))
    with Engine() as engine:
        run_all(engine, documents, report)
        for recording in read_recordings(arguments.replay) if arguments.replay else ():
            report.add(f"replay: {recording.name}", list(differences(engine, recording)))
    if arguments.json:
        print(report.as_json())  # noqa: T201 - a command's output
    print(report)  # noqa: T201 - a command's output
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
