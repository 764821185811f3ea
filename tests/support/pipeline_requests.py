"""What the trainers of ``pipelines_app.py`` ask for in a run."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from constructs_trainers.local.plan import Outcome, Plan

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp
    from constructs_trainers.local.execution import RunResult

_alone: dict[tuple[str, str], dict[str, Any]] = {}


def plan(*outcomes: str) -> Plan:
    """Jobs that end one after the other as the texts say; the last one says it for the rest."""
    return Plan(outcomes=[Outcome.parse(text) for text in outcomes])


def data_of(request: Any) -> str:  # noqa: ANN401 - JSON
    """The data that a job trains with."""
    (channel,) = request["InputDataConfig"]
    uri: str = channel["DataSource"]["S3DataSource"]["S3Uri"]
    return uri


def request_of(
    deployed: DeployedApp,
    trainer: str,
    result: RunResult,
    *,
    number: int = 0,
    data: str | None = None,
    source: str | None = None,
    **hyperparameters: str,
) -> dict[str, Any]:
    """What a trainer asks for alone, with what a workflow gives in place of its props.

    Args:
        deployed: The app.
        trainer: The trainer's id.
        result: The run, for the job's name, which each run computes.
        number: Which of the run's requests it is.
        data: The data.
        source: The model package to go on from.
        hyperparameters: Values by name.
    """
    request = copy.deepcopy(_request_alone(deployed, trainer))
    request["TrainingJobName"] = result.requests[number]["TrainingJobName"]
    if data is not None:
        (channel,) = request["InputDataConfig"]
        channel["DataSource"]["S3DataSource"]["S3Uri"] = data
    if source is not None:
        request["ModelPackageConfig"]["SourceModelPackageArn"] = source
    request["HyperParameters"] |= hyperparameters
    return request


def _request_alone(deployed: DeployedApp, trainer: str) -> dict[str, Any]:
    key = (deployed.engine.endpoint, trainer)
    if key not in _alone:
        package = "arn:aws:sagemaker:us-west-2:123456789012:model-package/any/1"
        given = {"SourceModelPackageArn": package} if trainer == "Dpo" else {}
        (request,) = deployed.run(given, state_machine=trainer).requests
        _alone[key] = dict(request)
    return _alone[key]
