"""CloudWatch metrics of a trainer's executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_stepfunctions as sfn


class ExecutionMetrics:
    """The ``metric_*`` methods of a trainer: those of its state machine.

    Each takes the members of ``aws_cloudwatch.MetricOptions`` as keywords; the statistic and the
    period default as in ``aws_stepfunctions.StateMachine`` (5 minutes).
    """

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the jobs."""
        raise NotImplementedError

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Any metric of the state machine by its name."""
        return self.state_machine.metric(metric_name, **options)

    def metric_started(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Executions started. Statistic: sum."""
        return self.state_machine.metric_started(**options)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Executions whose job completed. Statistic: sum."""
        return self.state_machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Executions that ended with one of the fixed errors. Statistic: sum."""
        return self.state_machine.metric_failed(**options)

    def metric_aborted(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Executions that someone stopped. Statistic: sum."""
        return self.state_machine.metric_aborted(**options)

    def metric_timed_out(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Executions that timed out. Statistic: sum."""
        return self.state_machine.metric_timed_out(**options)

    def metric_throttled(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """State transitions that Step Functions throttled. Statistic: sum."""
        return self.state_machine.metric_throttled(**options)

    def metric_time(self, **options: Any) -> cloudwatch.Metric:  # noqa: ANN401 - see class
        """Milliseconds from an execution's start to its end. Statistic: average."""
        return self.state_machine.metric_time(**options)
