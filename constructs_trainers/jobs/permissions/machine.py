"""Permissions of the state machine that runs a trainer's jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.evaluators.evaluator_import import registry_arns
from constructs_trainers.jobs.permissions import permission_sources as sources
from constructs_trainers.jobs.permissions.statements import Access, Permission, service_actions
from constructs_trainers.values.arns import split_resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.jobs.permissions.statements import Conditions, PermittedJob

_PLANS: Final = "ResourceConfig.TrainingPlanArn and InstancePreferences.TrainingPlanArns"
_EVALUATOR: Final = "ServerlessJobConfig.EvaluatorArn, a function that is registered"
_RUN_JOB: Final = "integration_pattern RUN_JOB"
_RULE: Final = "StepFunctionsGetEventsForSageMakerTrainingJobsRule"


def _jobs(job: PermittedJob) -> list[Access]:
    stem = job.at.job_name_stem
    # A stem ends before the hyphen that every name has after it.
    names = f"{stem}-*" if stem else "*"
    return [Access([job.at.environment.arn("sagemaker", f"training-job/{names}")])]


def _run_jobs(job: PermittedJob) -> list[Access]:
    return _jobs(job) if job.at.runs_job else []


def _run_job_rule(job: PermittedJob) -> list[Access]:
    return [Access([job.at.environment.arn("events", f"rule/{_RULE}")])] if job.at.runs_job else []


def _role(job: PermittedJob) -> list[Access]:
    service: Conditions = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    return [Access([job.request["RoleArn"]], service)]


def _plans(job: PermittedJob) -> list[Access]:
    """Each plan, and the capacities that it reserves, whose names nothing tells."""
    found = []
    for plan in _plan_arns(job):
        parts = split_resource(plan, "training-plan")
        # Where only the deployment knows what the ARN is, those of the job's account and region.
        capacities = job.at.environment.arn("sagemaker", "reserved-capacity/*")
        found.append(Access([plan, f"{parts[0]}:reserved-capacity/*" if parts else capacities]))
    return found


def _plan_arns(job: PermittedJob) -> Iterator[str]:
    config = job.request.get("ResourceConfig", {})
    if "TrainingPlanArn" in config:
        yield config["TrainingPlanArn"]
    for preference in config.get("InstancePreferences", ()):
        yield from preference.get("TrainingPlanArns", ())


def _registry(job: PermittedJob) -> tuple[str, str] | None:
    at = job.at
    if not at.registers_evaluator or at.reward_lambda_arn is None:
        return None
    return registry_arns(at.reward_lambda_arn, at.environment)


def _hub(job: PermittedJob) -> list[Access]:
    arns = _registry(job)
    return [] if arns is None else [Access([arns[0]])]


def _content(job: PermittedJob) -> list[Access]:
    arns = _registry(job)
    return [] if arns is None else [Access(list(arns))]


MACHINE_PERMISSIONS: Final[tuple[Permission, ...]] = (
    Permission(
        member="TrainingJobName, Tags",
        actions=service_actions("sagemaker", "CreateTrainingJob", "DescribeTrainingJob", "AddTags"),
        resources="the jobs whose names begin with the trainer's stem; "
        "all jobs when only the deployment knows it",
        source=sources.SDK,
        find=_jobs,
    ),
    Permission(
        member=_RUN_JOB,
        actions=service_actions("sagemaker", "StopTrainingJob", "ListTags"),
        resources="the jobs whose names begin with the trainer's stem; "
        "all jobs when only the deployment knows it",
        source=sources.STEP_FUNCTIONS,
        find=_run_jobs,
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
        member=_PLANS,
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
        find=_hub,
    ),
    Permission(
        member=_EVALUATOR,
        actions=service_actions("sagemaker", "ImportHubContent", "DescribeHubContent"),
        resources="the account's AI registry, and the evaluator in it",
        source=sources.CORE_ACCESS,
        find=_content,
    ),
)
"""What the state machine's role needs to run a job."""

STOPPER_PERMISSIONS: Final[tuple[Permission, ...]] = (
    Permission(
        member="the stack's stopper",
        actions=("sagemaker:StopTrainingJob",),
        resources="the jobs whose names begin with the stem of a trainer of the stack; "
        "all jobs when only the deployment knows it",
        source=sources.STEP_FUNCTIONS,
        find=_jobs,
    ),
)
"""What the machine that stops left-behind jobs needs, for each trainer of its stack."""


def _everywhere(_job: PermittedJob) -> list[Access]:
    return [Access(["*"])]


MACHINE_SERVICE_PERMISSIONS: Final[tuple[Permission, ...]] = (
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
        find=_everywhere,
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
        find=_everywhere,
    ),
)
"""What the CDK's StateMachine adds to its role by itself."""
