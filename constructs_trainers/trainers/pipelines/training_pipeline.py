"""Trainers one after another, at once, and over lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.permissions.machine import (
    MANIFEST_PERMISSIONS,
    MAP_RUN_PERMISSIONS,
    PermittedMapRun,
    PermittedSweep,
)
from constructs_trainers.jobs.permissions.statements import statements_of
from constructs_trainers.trainers.pipelines.steps import PipelineSteps
from constructs_trainers.trainers.pipelines.triggers import (
    start_on_new_data,
    start_on_schedule,
    trigger_problems,
    written_by,
)
from constructs_trainers.trainers.props.machine_settings import MachineSettings
from constructs_trainers.trainers.props.types import right_items, type_problems
from constructs_trainers.trainers.resources.metrics import ExecutionMetrics
from constructs_trainers.trainers.resources.role_policies import RolePolicies
from constructs_trainers.trainers.resources.training_machine import (
    create_machine,
    label_machine,
    log_group_of,
    resource_of,
)
from constructs_trainers.trainers.runs.run_permissions import permit_data
from constructs_trainers.trainers.runs.train_state import machine_statements
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.pipeline import pipeline_definition
from constructs_trainers.workflows.pipeline_steps import (
    MOST_RUNS,
    size_of_outputs,
    sweeps_over_lists,
)
from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_events as events
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_kms import IKey
    from aws_cdk.aws_logs import RetentionDays
    from aws_cdk.aws_stepfunctions import LogLevel

    from constructs_trainers.trainers.pipelines.stages import PipelineStage
    from constructs_trainers.trainers.pipelines.triggers import NewData
    from constructs_trainers.workflows.pipeline_steps import Step


@dataclass(frozen=True, kw_only=True)
class _Arguments:
    """What a pipeline is made of, for a look at the types in it."""

    stages: Sequence[PipelineStage]
    on_new_data: Sequence[NewData]


class TrainingPipeline(ExecutionMetrics, Construct):
    """A state machine that runs trainers, in sequence, in parallel and over lists.

    The output of an execution has one member for each stage: the output of the trainer's execution,
    of a sweep a list of them. A stage that fails ends the execution with ``States.TaskFailed``,
    whose Cause ``training_failure()`` reads, and stops the jobs that run beside it. An execution
    that failed can be redriven: the stage that failed is run again.

    An execution's input may have a member for each stage, with what that stage's trainer takes as
    an execution's input; for a sweep a list, which replaces its runs.

    Args:
        scope: The parent construct.
        id: The construct's id.
        stages: ``Stage``, ``Sweep`` and ``Parallel``, in the order in which they run.
        schedule: When executions start by themselves: an ``aws_events.Schedule``, or an expression
            such as ``rate(7 days)``. Default: they do not.
        on_new_data: Objects whose creation in S3 starts an execution. Default: none.
        log_retention: How long the log of the state machine is kept. Default: three months.
        log_encryption_key: What that log is encrypted with; the key's policy is completed when the
            key belongs to the app. Default: CloudWatch's own key.
        log_level: Which events of an execution are logged. Default: all.
        tracing_enabled: Whether X-Ray traces executions. Default: yes.
        machine_encryption_key: What the definition and the history of executions are encrypted
            with. Default: Step Functions' own key.

    Raises:
        TrainerError: With everything that is wrong with the props.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        stages: Sequence[PipelineStage],
        schedule: events.Schedule | str | None = None,
        on_new_data: Sequence[NewData] = (),
        log_retention: RetentionDays | None = None,
        log_encryption_key: IKey | None = None,
        log_level: LogLevel | None = None,
        tracing_enabled: bool | None = True,
        machine_encryption_key: IKey | None = None,
    ) -> None:
        """Make a pipeline; the class describes the props."""
        super().__init__(scope, id)
        try:
            settings = MachineSettings(
                log_retention=log_retention,
                log_encryption_key=log_encryption_key,
                log_level=log_level,
                tracing_enabled=tracing_enabled,
                machine_encryption_key=machine_encryption_key,
            )
            arguments = _Arguments(stages=stages, on_new_data=on_new_data)
            wrong_types = [*type_problems(arguments), *type_problems(settings)]
            steps = self._checked(arguments, schedule, settings, wrong_types)
            self._state_machine = self._build(steps, settings)
            self.node.default_child = resource_of(self._state_machine)
            if schedule is not None:
                start_on_schedule(self, self._state_machine, schedule)
            start_on_new_data(self, self._state_machine, on_new_data, steps.stages)
        except Exception:
            # Whoever goes on after an error must not find half a pipeline in the tree.
            scope.node.try_remove_child(id)
            raise

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the stages."""
        return self._state_machine

    @property
    def log_group(self) -> logs.ILogGroup:
        """The log of the state machine."""
        return log_group_of(self)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone start executions, and so jobs.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._state_machine.grant_start_execution(grantee)

    def _checked(
        self,
        arguments: _Arguments,
        schedule: events.Schedule | str | None,
        settings: MachineSettings,
        wrong_types: list[Problem],
    ) -> PipelineSteps:
        """The steps of the pipeline, once nothing is wrong."""
        steps = PipelineSteps(cdk.Stack.of(self).environment, wrong_types)
        steps.add_all(arguments.stages)
        on_new_data = right_items("on_new_data", arguments.on_new_data, wrong_types)
        problems = [*wrong_types, *steps.problems]
        if not wrong_types:
            problems += settings.problems(Environment.of(cdk.Stack.of(self)))
        if not steps.steps and not problems:
            fix = "give one Stage at least"
            problems.append(Problem(path="stages", message="has no stage", fix=fix))
        if not problems:
            problems += _output_problems(steps.steps)
        problems += trigger_problems(
            schedule, on_new_data, steps.stages, written_by(steps.trainers, steps.manifests)
        )
        if problems:
            raise TrainerError(f"{self.node.path} (TrainingPipeline)", problems)
        return steps

    def _build(self, steps: PipelineSteps, settings: MachineSettings) -> sfn.StateMachine:
        trainers = {trainer.node.path: trainer for trainer in steps.trainers}
        statements = [
            statement
            for trainer in trainers.values()
            for statement in machine_statements(
                trainer.state_machine, trainer.machine_encryption_key
            )
        ]
        place = Environment.of(cdk.Stack.of(self))
        for manifest in steps.manifests:
            statements += statements_of(
                MANIFEST_PERMISSIONS,
                PermittedSweep(file=manifest.location, results=manifest.results, environment=place),
            )
        definition = pipeline_definition(steps.steps)
        machine = create_machine(self, definition, statements, settings)
        # What others share is changed when the machine is known to be possible.
        policies = [
            permit_data(
                Construct(self, f"{data.name}Data"),
                data.trainer.job_policies,
                data.trainer.allowed_input,
                data.runs,
                data.buckets,
            )
            for data in steps.data
            if any(data.runs)
        ]
        # No execution may start a job before its role may read the data.
        resource_of(machine).node.add_dependency(*filter(None, policies))
        label_machine(machine, path=self.node.path, kind="pipeline")
        if steps.manifests:
            self._permit_map_runs(machine)
        for manifest in steps.manifests:
            if manifest.bucket is not None and manifest.bucket.encryption_key is not None:
                # Not grant_encrypt_decrypt, which has wildcards: to read the file, and to write
                # the results in parts (S3 user guide, SSE-KMS).
                manifest.bucket.encryption_key.grant(machine, "kms:Decrypt", "kms:GenerateDataKey")
        return machine

    def _permit_map_runs(self, machine: sfn.StateMachine) -> None:
        """A Distributed Map runs executions of the machine that it is in.

        In a policy of its own: the machine waits for that of its role, which cannot name it.
        """
        place = Environment.of(cdk.Stack.of(self))
        arn = place.arn("states", f"execution:{machine.state_machine_name}")
        statements = statements_of(
            MAP_RUN_PERMISSIONS,
            PermittedMapRun(machine_arn=machine.state_machine_arn, executions_arn=arn),
        )
        RolePolicies.of_made(machine).add_apart(self, "MapRunPolicy", statements)


def _output_problems(steps: Sequence[Step]) -> list[Problem]:
    """What makes the output of an execution too large, and so the execution fail at its end."""
    message = "have outputs that do not fit into one execution's output"
    runs = sum(len(sweep.items) for sweep in sweeps_over_lists(steps))
    fix = "put the inputs of a sweep's runs into a file, and give it as manifest"
    size = size_of_outputs(steps)
    found: list[tuple[str, str]] = []
    if runs > MOST_RUNS:
        found.append((f"{runs} runs", f"{MOST_RUNS} runs in all sweeps together"))
    if size > MOST_PAYLOAD_BYTES:
        got = f"some {size:,} bytes, with the hyperparameters of each run"
        found.append((got, f"{MOST_PAYLOAD_BYTES:,} bytes"))
    return [
        Problem(path="stages", message=message, got=got, allowed=allowed, fix=fix)
        for got, allowed in found
    ]
