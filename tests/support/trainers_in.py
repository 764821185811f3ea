"""The trainers of a stack, and whether their roles hold what their requests need."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_trainers import BaseTrainer, RuntimeOverrides, S3DataSource
from constructs_trainers.jobs.evaluators.evaluator_import import evaluator_name, hub_name
from tests.support.needed_permissions import COMPUTED, Case, job_role_needs, machine_role_needs
from tests.support.role_policies import allowed, plain
from tests.support.templates import template_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_STEM, LONGEST_DEFAULT, DIGITS = 47, 38, 8
JOB_ROLE, MACHINE_ROLE = "job's role", "machine's role"


def trainers_in(stack: cdk.Stack) -> list[BaseTrainer]:
    """The trainers of a stack."""
    return [child for child in stack.node.find_all() if isinstance(child, BaseTrainer)]


def differences(stack: cdk.Stack, **known: Any) -> list[str]:  # noqa: ANN401 - members of Case
    """What the roles of a stack's trainers lack, and what they have too much.

    Args:
        stack: The stack.
        known: Members of :class:`Case` that the request does not tell.
    """
    template = template_of(stack)
    return [
        line
        for trainer in trainers_in(stack)
        for line in _differences(template, trainer, case_of(trainer, **known))
    ]


def case_of(trainer: BaseTrainer, **known: Any) -> Case:  # noqa: ANN401 - members of Case
    """A trainer's job as the expectation takes it."""
    stack = cdk.Stack.of(trainer)
    request = plain(stack.resolve(_without_expressions(trainer.training_job_request)))
    place = plain(stack.resolve([stack.partition, stack.region, stack.account]))
    group = request.get("ModelPackageConfig", {}).get("ModelPackageGroupArn", "")
    if "<" in group and trainer.model_package_group is not None:
        # A group of this stack is in this account.
        name = plain(stack.resolve(trainer.model_package_group[0]))
        group = f"arn:{place[0]}:sagemaker:{place[1]}:{place[2]}:model-package-group/{name}"
    given: dict[str, Any] = {
        "request": request,
        "place": tuple(place),
        "packages": f"{group.replace('model-package-group/', 'model-package/')}/*",
        "read_keys": _keys(stack, _read(trainer)),
        "written_keys": _keys(stack, _written(trainer)),
        "stem": _stem(trainer),
        "run_job": trainer._plan.props.integration_pattern is not None,
        **_rewards(trainer),
        **_run(stack, trainer),
    }
    return Case(**given | known)


def _stem(trainer: BaseTrainer) -> str:
    given = trainer._plan.props.base_job_name
    if given:
        return given.lower()[:LONGEST_STEM].rstrip("-")
    default = f"{trainer.base_model_name}-{type(trainer).__name__.removesuffix('Trainer')}".lower()
    stack = cdk.Stack.of(trainer)
    owner = f"{stack.stack_name}/{trainer.node.path.removeprefix(stack.node.path + '/')}"
    digits = sha256(owner.encode()).hexdigest()[:DIGITS]
    return f"{default[:LONGEST_DEFAULT].rstrip('-')}-{digits}"


def _rewards(trainer: BaseTrainer) -> dict[str, Any]:
    """What a Lambda function whose ARN is written out asks for."""
    function = trainer._plan.technique.reward_lambda_arn
    if function is None or "${" in function:
        return {}
    if trainer._plan.props.compute is not None:
        return {"reward_function": function}
    stack = cdk.Stack.of(trainer)
    hub = hub_name(stack.region, stack.account)
    start = f"arn:aws:sagemaker:{stack.region}:{stack.account}"
    evaluator = f"{start}:hub-content/{hub}/JsonDoc/{evaluator_name(function)}/*"
    return {"reward_function": function, "registry": (f"{start}:hub/{hub}", evaluator)}


def _run(stack: cdk.Stack, trainer: BaseTrainer) -> dict[str, Any]:
    """What executions may name."""
    overrides = trainer._plan.props.runtime_overrides
    if overrides is None:
        return {}
    given = [overrides.training_dataset, overrides.validation_dataset]
    data = [item for items in given if not isinstance(items, str) for item in items]
    groups = overrides.source_model_package_arn
    return {
        "run_data": [
            item if isinstance(item, str) else f"s3://{plain(stack.resolve(item.bucket_name))}"
            for item in data
        ],
        "run_groups": [] if isinstance(groups, str) else list(groups),
    }


def _without_expressions(request: dict[str, Any]) -> dict[str, Any]:
    config = request.get("ServerlessJobConfig", {})
    if str(config.get("EvaluatorArn")).startswith("{%"):
        config["EvaluatorArn"] = COMPUTED
    return request


def _differences(template: dict[str, Any], trainer: BaseTrainer, case: Case) -> Iterator[str]:
    machine = cdk.Stack.of(trainer).resolve(trainer.state_machine.role.role_arn)
    pairs = [(MACHINE_ROLE, plain(machine), machine_role_needs(case))]
    if case.request["RoleArn"].startswith("<"):
        pairs.append((JOB_ROLE, case.request["RoleArn"], job_role_needs(case)))
    for role, arn, needed in pairs:
        held = allowed(template, arn)
        yield from (f"{role} lacks {' '.join(need)}" for need in sorted(needed - held))
        yield from (f"{role} has too much: {' '.join(need)}" for need in sorted(held - needed))


def _read(trainer: BaseTrainer) -> list[Any]:
    props = trainer._plan.props
    sources = [props.training_dataset, props.validation_dataset]
    sources += [item.data_source for item in props.input_data_config or ()]
    found = [item.bucket for item in sources if isinstance(item, S3DataSource)]
    return found + (props.runtime_overrides or RuntimeOverrides()).buckets


def _written(trainer: BaseTrainer) -> list[Any]:
    props = trainer._plan.props
    checkpoints = props.checkpoint_config
    return [props.output.bucket, None if checkpoints is None else checkpoints.bucket]


def _keys(stack: cdk.Stack, buckets: list[Any]) -> list[str]:
    keys = [bucket.encryption_key for bucket in buckets if bucket is not None]
    return [plain(stack.resolve(key.key_arn)) for key in keys if key is not None]
