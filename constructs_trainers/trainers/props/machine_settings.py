"""How state machines log, and what they are encrypted with: props of trainers and pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk.aws_kms import IKey
    from aws_cdk.aws_logs import RetentionDays
    from aws_cdk.aws_stepfunctions import LogLevel


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
