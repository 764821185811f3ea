"""Every trainer's definition under every row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.conformance.judge import problems
from tests.conformance.rows import ROWS, SUCCESS, Row, bad_inputs, overrides
from tests.conformance.sagemaker import SageMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.conformance.moto_engine import Ended, Engine

PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/tiny/1"
_SYNC_REPORTS = ("failed", "result", "odd")


@dataclass(frozen=True)
class Trainer:
    """A trainer's machine.

    Args:
        document: What ``definitions`` wrote of it.
    """

    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its stack and logical id."""
        name: str = self.document["name"]
        return name

    @property
    def definition(self) -> Mapping[str, Any]:
        """Amazon States Language."""
        definition: Mapping[str, Any] = self.document["definition"]
        return definition

    @property
    def begin(self) -> Mapping[str, Any]:
        """What its executions begin with: the request, the stem, how many jobs."""
        begin: Mapping[str, Any] = self.definition["States"]["PrepareRequest"]["Assign"]
        return begin

    @property
    def is_waiting(self) -> bool:
        """Whether Step Functions waits for the job."""
        resource: str = self.definition["States"]["CreateTrainingJob"]["Resource"]
        return resource.endswith(".sync")

    @property
    def registers(self) -> bool:
        """Whether it registers a reward function."""
        return "ImportRewardFunction" in self.definition["States"]

    @property
    def needed(self) -> dict[str, Any]:
        """What each of its executions must give."""
        is_needed = "SourceModelPackageArn: is required" in self.begin["violations"]
        return {"SourceModelPackageArn": PACKAGE} if is_needed else {}

    def rows(self) -> Iterator[tuple[str, Row]]:
        """The rows that it goes through, each with a name."""
        ways = _SYNC_REPORTS if self.is_waiting else _SYNC_REPORTS[:1]
        for row in ROWS:
            if row.is_registration and not self.registers:
                continue
            for way in ways:
                script = replace(row.script, sync=way)
                name = f"{row.fault} ({way})" if self.is_waiting else row.fault
                yield name, replace(row, script=script)
                if self.registers and not row.is_registration:
                    there = replace(script, is_registered=True)
                    yield f"{name}, registered", replace(row, script=there)
        yield from ((row.fault, row) for row in bad_inputs())
        if ".Overridden" in self.name:
            yield from ((row.fault, row) for row in overrides())
        if self.needed:
            refused = next(bad_inputs()).end
            yield "No model package is given", replace(SUCCESS, given={}, end=refused)

    def run(self, engine: Engine, row: Row) -> tuple[Ended, SageMaker, Any]:
        """Run a row; gives its end, what was asked, and the input."""
        sagemaker = SageMaker(row.script, engine.now)
        given = self.needed if row.given is None else row.given
        return engine.run(self.definition, given, sagemaker.call), sagemaker, given

    def check(self, engine: Engine, told: Callable[[str, list[str]], None]) -> None:
        """Run all rows, and tell what is wrong with each."""
        for name, row in self.rows():
            ended, sagemaker, given = self.run(engine, row)
            end = row.end_of(is_waiting=self.is_waiting, most_jobs=self.begin["maxAttempts"])
            request = self.document["request"]
            found = problems(
                self.begin, request, given, expected=end, ended=ended, sagemaker=sagemaker
            )
            told(f"{self.name}: {name}", list(found))
