"""Permissions of machines: a trainer's own, those that run other machines, and sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.evaluators.evaluator_import import registry_arns
from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.s3 import has_alias
from constructs_trainers.jobs.permissions.statements import (
    Access,
    Permission,
    everywhere,
    service_actions,
    values_at,
)
from constructs_trainers.values.arns import split_resource
from constructs_trainers.values.job_names import name_patterns
from constructs_trainers.values.resource_names import aliased_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.jobs.permissions.statements import Conditions, PermissionContext
    from constructs_trainers.values.arns import Environment


_PLANS: Final = (
    "ResourceConfig.TrainingPlanArn",
    "ResourceConfig.InstancePreferences.TrainingPlanArns",
)
_EVALUATOR: Final = "ServerlessJobConfig.EvaluatorArn, a function that is registered"
_RUN_JOB: Final = "integration_pattern RUN_JOB"
_RULE: Final = "StepFunctionsGetEventsForSageMakerTrainingJobsRule"


def _jobs(job: PermissionContext) -> list[Access]:
    names = name_patterns(job.job_name_stem) if job.job_name_stem else ["*"]
    return [Access([job.environment.arn("sagemaker", f"training-job/{name}") for name in names])]


def _run_job_rule(job: PermissionContext) -> list[str]:
    return [job.environment.arn("events", f"rule/{_RULE}")] if job.runs_job else []


def _role(job: PermissionContext) -> list[Access]:
    service: Conditions = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    return [Access([job.request["RoleArn"]], service)]


def _plans(job: PermissionContext) -> list[Access]:
    """Each plan, and the capacities that it reserves, whose names nothing tells."""
    found = []
    plans = [plan for path in _PLANS for plan in values_at(job.request, path)]
    for plan in plans:
        parts = split_resource(plan, "training-plan")
        # Where only the deployment knows what the ARN is, those of the job's account and region.
        capacities = job.environment.arn("sagemaker", "reserved-capacity/*")
        found.append(Access([plan, f"{parts[0]}:reserved-capacity/*" if parts else capacities]))
    return found


def _registry(job: PermissionContext) -> tuple[str, ...]:
    """The registry and, in it, the evaluator; empty when none is registered."""
    if not job.registers_evaluator or job.reward_lambda_arn is None:
        return ()
    return registry_arns(job.reward_lambda_arn, job.environment)


MACHINE_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    Permission(
        member="TrainingJobName, Tags",
        actions=service_actions("sagemaker", "CreateTrainingJob", "DescribeTrainingJob", "AddTags"),
        resources="the jobs with the trainer's stem and, after it, 12 characters and an attempt; "
        "all jobs when only the deployment knows it",
        source=sources.SDK,
        find=_jobs,
    ),
    Permission(
        member=_RUN_JOB,
        actions=service_actions("sagemaker", "StopTrainingJob", "ListTags"),
        resources="the jobs with the trainer's stem and, after it, 12 characters and an attempt; "
        "all jobs when only the deployment knows it",
        source=sources.STEP_FUNCTIONS,
        find=lambda job: _jobs(job) if job.runs_job else [],
    ),
    Permission(
        member=_RUN_JOB,
        actions=service_actions("events", "PutTargets", "PutRule", "DescribeRule"),
        resources=f"the rule {_RULE}",
        source=sources.STEP_FUNCTIONS,
        find=_run_job_rule,
    ),
    Permission(
        member="RoleArn",
        actions=("iam:PassRole",),
        resources="the job's role, to sagemaker.amazonaws.com only",
        source=sources.CREATE_JOB,
        find=_role,
    ),
    Permission(
        member="ResourceConfig.TrainingPlanArn and InstancePreferences.TrainingPlanArns",
        actions=("sagemaker:CreateTrainingJob",),
        resources="the plan, and reserved capacities of its account and region",
        source=sources.TRAINING_PLANS,
        find=_plans,
    ),
    Permission(
        member=_EVALUATOR,
        actions=service_actions("sagemaker", "CreateHub", "DescribeHub"),
        resources="the account's AI registry",
        source=sources.CORE_ACCESS,
        find=lambda job: _registry(job)[:1],
    ),
    Permission(
        member=_EVALUATOR,
        actions=service_actions("sagemaker", "ImportHubContent", "DescribeHubContent"),
        resources="the account's AI registry, and the evaluator in it",
        source=sources.CORE_ACCESS,
        find=lambda job: [Access(arns)] if (arns := _registry(job)) else [],
    ),
)
"""What the state machine's role needs to run a job."""

STOPPER_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    Permission(
        member="the stack's stopper",
        actions=("sagemaker:StopTrainingJob",),
        resources="the jobs with the stem of a trainer of the stack, 12 characters and an attempt; "
        "all jobs when only the deployment knows it",
        source=sources.STEP_FUNCTIONS,
        find=_jobs,
    ),
)
"""What the machine that stops left-behind jobs needs, for each trainer of its stack."""

STOPPED_EXECUTIONS: Final[tuple[Permission[str], ...]] = (
    Permission(
        member="the stack's stopper",
        actions=service_actions(
            "states", "DescribeStateMachineForExecution", "GetExecutionHistory"
        ),
        resources="the executions of the trainers of the stack, whose names are made when they "
        "start",
        source=sources.EXECUTIONS,
        find=lambda executions_arn: [executions_arn],
    ),
)
"""What it needs to read of an execution that ended, by the ARN of all executions of a trainer."""


MACHINE_SERVICE_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    Permission(
        member="every machine: logs",
        actions=service_actions(
            "logs",
            "CreateLogDelivery",
            "DeleteLogDelivery",
            "DescribeLogGroups",
            "DescribeResourcePolicies",
            "GetLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "UpdateLogDelivery",
        ),
        resources="`*`: log delivery knows no resources",
        source=sources.STEP_FUNCTIONS,
        find=everywhere,
    ),
    Permission(
        member="every machine: traces",
        actions=service_actions(
            "xray",
            "GetSamplingRules",
            "GetSamplingTargets",
            "PutTelemetryRecords",
            "PutTraceSegments",
        ),
        resources="`*`: X-Ray knows no resources",
        source=sources.STEP_FUNCTIONS,
        find=everywhere,
    ),
)
"""What every machine needs for logs and traces."""


@dataclass(frozen=True, kw_only=True)
class KeyOfMachine:
    """The key that a state machine is encrypted with.

    Attributes:
        key: The key's ARN, or that of an alias.
        at: Where they are.
        machine_arn: The machine.
        logs_arn: ARN, with a wildcard, of everything in CloudWatch Logs.
    """

    key: str
    at: Environment
    machine_arn: str
    logs_arn: str


def _for_machine(key: KeyOfMachine) -> list[Access]:
    context = {"kms:EncryptionContext:aws:states:stateMachineArn": key.machine_arn}
    return [_use_of(key, {"StringEquals": dict(context)})]


def _for_its_log(key: KeyOfMachine) -> list[Access]:
    return [_use_of(key, {"ArnLike": {"kms:EncryptionContext:SourceArn": key.logs_arn}})]


def _use_of(key: KeyOfMachine, conditions: Conditions) -> Access:
    aliased = aliased_keys(key.key, key.at)
    if aliased is None:
        return Access([key.key], conditions)
    keys, alias = aliased
    return Access([keys], conditions | has_alias(alias))


MACHINE_KEY_PERMISSIONS: Final[tuple[Permission[KeyOfMachine], ...]] = (
    Permission(
        member="machine_encryption_key",
        actions=service_actions("kms", "Decrypt", "GenerateDataKey"),
        resources="the key, for this machine",
        source=sources.MACHINE_KEYS,
        find=_for_machine,
    ),
    Permission(
        member="machine_encryption_key, logs",
        actions=("kms:GenerateDataKey",),
        resources="the key, for logs",
        source=sources.MACHINE_KEYS,
        find=_for_its_log,
    ),
)
"""What a machine's role needs of the key that the machine is encrypted with."""

MACHINE_READER_PERMISSIONS: Final[tuple[Permission[KeyOfMachine], ...]] = (
    Permission(
        member="machine_encryption_key of the trainer",
        actions=("kms:Decrypt",),
        resources="the key, for the trainer's machine",
        source=sources.MACHINE_KEYS,
        find=_for_machine,
    ),
)
"""What whoever reads executions of such a machine needs: the stopper, a machine that waits."""


@dataclass(frozen=True, kw_only=True)
class PermittedRun:
    """A state that runs a trainer's machine.

    Attributes:
        machine_arn: The trainer's machine.
        executions_arn: ARN of all its executions, with a wildcard.
        rule_arn_start: What the ARNs of EventBridge rules begin with.
        wait: Whether the state waits for the execution, and stops it when it is stopped itself.
    """

    machine_arn: str
    executions_arn: str
    rule_arn_start: str
    wait: bool


_RULE_OF_EXECUTIONS: Final = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
_WAITING: Final = "train() that waits, a stage"

TRAIN_PERMISSIONS: Final[Sequence[Permission[PermittedRun]]] = (
    Permission(
        member="train(), a stage",
        actions=("states:StartExecution",),
        resources="the trainer's machine",
        source=sources.NESTED,
        find=lambda run: [run.machine_arn],
    ),
    Permission(
        member=_WAITING,
        actions=service_actions("states", "DescribeExecution", "StopExecution"),
        resources="the executions of the trainer's machine, whose names are made when they start",
        source=sources.NESTED,
        find=lambda run: [run.executions_arn] if run.wait else [],
    ),
    Permission(
        member=_WAITING,
        actions=service_actions("events", "PutTargets", "PutRule", "DescribeRule"),
        resources="the rule by which Step Functions hears that an execution ended",
        source=sources.NESTED,
        find=lambda run: [f"{run.rule_arn_start}{_RULE_OF_EXECUTIONS}"] if run.wait else [],
    ),
)
"""What a state that runs a trainer needs of the role of its machine."""


@dataclass(frozen=True, kw_only=True)
class PermittedSweep:
    """The file of a sweep.

    Attributes:
        file: Its bucket and key.
        results: Bucket and key prefix of what is written.
        environment: Where they are.
    """

    file: tuple[str, str]
    results: tuple[str, str]
    environment: Environment


@dataclass(frozen=True, kw_only=True)
class PermittedMapRun:
    """The machine of a sweep.

    Attributes:
        machine_arn: The machine.
        executions_arn: What the ARNs of its executions begin with.
    """

    machine_arn: str
    executions_arn: str


_FILE: Final = "Sweep with a manifest"


def _results(sweep: PermittedSweep) -> list[str]:
    bucket, prefix = sweep.results
    folder = f"{bucket}/{prefix}/*" if prefix else f"{bucket}/*"
    return [sweep.environment.s3_arn(folder)]


MANIFEST_PERMISSIONS: Final[Sequence[Permission[PermittedSweep]]] = (
    Permission(
        member=_FILE,
        actions=("s3:GetObject",),
        resources="the file",
        source=sources.DISTRIBUTED_MAP,
        find=lambda sweep: [sweep.environment.s3_arn("/".join(sweep.file))],
    ),
    Permission(
        member=_FILE,
        actions=service_actions(
            "s3", "PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload"
        ),
        resources="the results, whose names are made when it runs",
        source=sources.DISTRIBUTED_MAP,
        find=_results,
    ),
)
"""What a sweep over a file needs of the role of its machine."""

MAP_RUN_PERMISSIONS: Final[Sequence[Permission[PermittedMapRun]]] = (
    Permission(
        member=_FILE,
        actions=("states:StartExecution",),
        resources="the pipeline's own machine, as whose executions the runs are made",
        source=sources.DISTRIBUTED_MAP,
        find=lambda run: [run.machine_arn],
    ),
    Permission(
        member=_FILE,
        actions=service_actions("states", "DescribeExecution", "StopExecution", "RedriveExecution"),
        resources="its executions, whose names are made when it runs",
        source=sources.DISTRIBUTED_MAP,
        # Those of a Map Run have its label behind the machine's name.
        find=lambda run: [Access([f"{run.executions_arn}/*", f"{run.executions_arn}:*"])],
    ),
)
"""What a machine with such a sweep needs to run itself."""
