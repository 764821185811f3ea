"""What is wrong with an execution of a trainer: its end, its requests, and what it told."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import validate_parameters

from tests.conformance.documented import End
from tests.conformance.moto_engine import EXECUTION_ARN, START
from tests.conformance.sagemaker import OLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.conformance.moto_engine import Ended
    from tests.conformance.sagemaker import SageMaker

_STATES_ACTIONS = ("startExecution", "describeStateMachineForExecution", "getExecutionHistory")
_DIGEST_TAG = "constructs-trainers:recipe-digest"
COMPUTED = "(computed)"


def problems(
    begin: Mapping[str, Any],
    request: Mapping[str, Any],
    given: Any,  # noqa: ANN401 - JSON
    *,
    expected: End,
    ended: Ended,
    sagemaker: SageMaker,
) -> Iterator[str]:
    """What differs, one text each.

    Args:
        begin: What the definition assigns first.
        request: What ``training_job_request`` of the trainer says, without TrainingJobName.
        given: The execution's input.
        expected: How it should end.
        ended: How it ended.
        sagemaker: What it asked.
    """
    jobs = [name for name, job in sagemaker.jobs.items() if job.created != OLD]
    end = End(ended.status, ended.error, len(jobs))
    if end != expected:
        yield f"{end}, and not {expected}: {ended.cause or ended.output}"
    if jobs != [name_of(begin["stem"], attempt) for attempt in range(1, len(jobs) + 1)]:
        yield f"the jobs are called {jobs}"
    yield from _wrong_requests(ended, _overridden(request, given), sagemaker)
    if end != expected:
        return
    if ended.status == "SUCCEEDED":
        yield from _wrong_output(ended.output, _overridden(request, given), jobs)
    else:
        yield from _wrong_cause(ended, jobs)


def name_of(stem: str, attempt: int, redrives: int = 0) -> str:
    """The name of a job."""
    start = round(START.timestamp() * 1000)
    identity = f"{EXECUTION_ARN}/{start}/{redrives}/{attempt}"
    return f"{stem}-{sha256(identity.encode()).hexdigest()[:12]}-{attempt}"


def _overridden(request: Mapping[str, Any], given: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The request with what an execution gives in place."""
    found: dict[str, Any] = json.loads(json.dumps(request))
    if not isinstance(given, dict):
        return found
    values = given.get("HyperParameters")
    if isinstance(values, dict):
        found.setdefault("HyperParameters", {}).update({k: str(v) for k, v in values.items()})
    for member, name in (("TrainingDataset", "train"), ("ValidationDataset", "validation")):
        for channel in found["InputDataConfig"] if member in given else ():
            if channel["ChannelName"] == name:
                channel["DataSource"]["S3DataSource"]["S3Uri"] = given[member]
    if "SourceModelPackageArn" in given and "ModelPackageConfig" in found:
        found["ModelPackageConfig"]["SourceModelPackageArn"] = given["SourceModelPackageArn"]
    return found


def _wrong_requests(ended: Ended, expected: dict[str, Any], sagemaker: SageMaker) -> Iterator[str]:
    registered: Mapping[str, Any] = {}
    for action, arguments in ended.calls:
        yield from invalid(action, arguments)
        if action == "describeHubContent":
            registered = arguments
        if action.startswith("createTrainingJob"):
            sent = {key: value for key, value in arguments.items() if key != "TrainingJobName"}
            wanted = _with_evaluator(expected, registered)
            if sent != wanted:
                yield f"{action} was sent {json.dumps(sent)}, and not {json.dumps(wanted)}"
        elif "TrainingJobName" in arguments and (
            set(arguments) != {"TrainingJobName"}
            or (sagemaker.jobs and arguments["TrainingJobName"] not in sagemaker.jobs)
        ):
            yield f"{action} was sent {arguments}"


def _with_evaluator(expected: dict[str, Any], registered: Mapping[str, Any]) -> dict[str, Any]:
    config = expected.get("ServerlessJobConfig", {})
    if config.get("EvaluatorArn") != COMPUTED:
        return expected
    path = "HubName", "HubContentType", "HubContentName", "HubContentVersion"
    content = "/".join(registered.get(member, "") for member in path)
    arn = f"arn:aws:sagemaker:us-west-2:123456789012:hub-content/{content}"
    return {**expected, "ServerlessJobConfig": {**config, "EvaluatorArn": arn}}


def invalid(action: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    """What the service's own model says of a request."""
    name = action.partition(".")[0]
    service = "stepfunctions" if name in _STATES_ACTIONS else "sagemaker"
    operation = _model(service).operation_model(name[0].upper() + name[1:])
    sent = dict(arguments)
    if name == "startExecution":
        # The integration takes JSON, the API text.
        sent["Input"] = json.dumps(sent.get("Input"))
    if service == "stepfunctions":
        sent = {key[0].lower() + key[1:]: value for key, value in sent.items()}
    try:
        validate_parameters(sent, operation.input_shape)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        yield f"{action} was sent {json.dumps(arguments)}: {error}"


@cache
def _model(service: str) -> Any:  # noqa: ANN401 - botocore has no types
    return botocore.session.get_session().get_service_model(service)


def _wrong_output(output: Any, request: Mapping[str, Any], jobs: list[str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    (digest,) = [tag["Value"] for tag in request["Tags"] if tag["Key"] == _DIGEST_TAG] or [None]
    for member, expected in {
        "TrainingJobName": jobs[-1],
        "TrainingJobArn": f"arn:aws:sagemaker:us-west-2:123456789012:training-job/{jobs[-1]}",
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://amzn-s3-demo-bucket/model.tar.gz"},
        "OutputModelPackageArn": "arn:aws:sagemaker:us-west-2:123456789012:model-package/group/1",
        "HyperParameters": request.get("HyperParameters"),
        "RecipeDigest": digest,
        "Attempts": len(jobs),
    }.items():
        if output.get(member) != expected:
            yield f"the output's {member} is {output.get(member)}, and not {expected}"
    if not output["LogsUrl"].endswith(jobs[-1]):
        yield f"the output's LogsUrl is {output['LogsUrl']}"


def _wrong_cause(ended: Ended, jobs: list[str]) -> Iterator[str]:
    cause = ended.cause or ""
    told = "no job was created" if not jobs else f"raining job {jobs[-1]} "
    if told.lower() not in cause.lower():
        yield f"the Cause does not say {told!r}: {cause}"
    where = "Logs: https://us-west-2.console.aws.amazon.com/", "may still be running"
    if jobs and not any(text in cause for text in where):
        yield f"the Cause does not lead to the job: {cause}"
