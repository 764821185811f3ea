"""How state machines log, and what they are encrypted with: props of trainers and pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from constructs_trainers.trainers.props.encryption_keys import (
    key_construct_problems,
    log_key_problems,
)

if TYPE_CHECKING:
    from aws_cdk.aws_kms import IKey
    from aws_cdk.aws_logs import RetentionDays
    from aws_cdk.aws_stepfunctions import LogLevel

    from constructs_trainers.errors import Problem
    from constructs_trainers.values.arns import Environment


@dataclass(frozen=True, kw_only=True)
class MachineSettings:
    """The settings of a state machine and its log group.

    Attributes:
        log_retention: How long its log is kept. Default: three months, as long as Step Functions
            keeps an execution's history.
        log_encryption_key: What its log is encrypted with. Default: CloudWatch's own key.
        log_level: Which events it logs. Default: all.
        tracing_enabled: Whether X-Ray traces it. Default: yes.
        machine_encryption_key: What its definition and the history of its executions are encrypted
            with. Default: Step Functions' own key.
    """

    log_retention: RetentionDays | None = None
    log_encryption_key: IKey | None = None
    log_level: LogLevel | None = None
    tracing_enabled: bool | None = True
    machine_encryption_key: IKey | None = None

    def problems(self, place: Environment) -> list[Problem]:
        """What is wrong with the keys.

        Args:
            place: Where the stack is deployed to.
        """
        found: list[Problem] = []
        if self.log_encryption_key is not None:
            found += log_key_problems("log_encryption_key", self.log_encryption_key, place)
        if self.machine_encryption_key is not None:
            path = "machine_encryption_key"
            found += key_construct_problems(path, self.machine_encryption_key, place)
        return found

    @property
    def digest(self) -> str:
        """Some digits that are the same for the same settings; empty for the defaults."""
        keys = [self.log_encryption_key, self.machine_encryption_key]
        paths = [None if key is None else key.node.path for key in keys]
        traced = self.tracing_enabled is not False
        given = [self.log_retention, self.log_level, *paths]
        if traced and not any(given):
            return ""
        return sha256(repr([*map(str, given), traced]).encode()).hexdigest()[:8]
