"""The engine as its own process: what state machines, stacks and AWS clients find there."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.errors import LocalRunError
from constructs_trainers.local.assembly import Machine, StackArtifact
from constructs_trainers.local.deployment import DeployedApp
from constructs_trainers.local.execution import RunResult, run_execution
from constructs_trainers.local.plan import Outcome, Plan, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

ROLE = "arn:aws:iam::123456789012:role/machine"
GROUP_TEMPLATE = {
    "Resources": {
        "Group": {
            "Type": "AWS::SageMaker::ModelPackageGroup",
            "Properties": {"ModelPackageGroupName": "models"},
        }
    },
    "Outputs": {
        "Ref": {"Value": {"Ref": "Group"}},
        "Arn": {"Value": {"Fn::GetAtt": ["Group", "ModelPackageGroupArn"]}},
    },
}


@pytest.fixture
def client(engine: Engine) -> Callable[[str], Any]:
    import boto3

    def make(service: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients
        return boto3.client(
            service,
            endpoint_url=engine.endpoint,
            region_name="us-west-2",
            aws_access_key_id="123456789012",
            aws_secret_access_key="none",  # noqa: S106 - not checked, and no secret
        )

    return make


@pytest.fixture
def execute(
    client: Callable[[str], Any], request: pytest.FixtureRequest
) -> Callable[[dict[str, Any]], RunResult]:
    """Runs a state machine of one state."""
    states = client("stepfunctions")

    def run(state: dict[str, Any]) -> RunResult:
        definition = {
            "QueryLanguage": "JSONata",
            "StartAt": "Only",
            "States": {"Only": {"End": True, **state}},
        }
        machine = states.create_state_machine(
            name=f"m{abs(hash(request.node.nodeid))}",
            definition=json.dumps(definition),
            roleArn=ROLE,
        )
        try:
            return run_execution(
                states, machine["stateMachineArn"], {}, timeout=30, progress=lambda _: None
            )
        finally:
            states.delete_state_machine(stateMachineArn=machine["stateMachineArn"])

    return run


def task(operation: str, arguments: object) -> dict[str, Any]:
    resource = f"arn:aws:states:::aws-sdk:sagemaker:{operation}"
    return {"Type": "Task", "Resource": resource, "Arguments": arguments}


def test_boto3_finds_a_sagemaker_in_the_region_it_asks(
    client: Callable[[str], Any], training_request: dict[str, Any]
) -> None:
    sagemaker = client("sagemaker")
    training_request["TrainingJobName"] = "from-boto3"
    arn = sagemaker.create_training_job(**training_request)["TrainingJobArn"]
    assert arn == "arn:aws:sagemaker:us-west-2:123456789012:training-job/from-boto3"
    job = sagemaker.describe_training_job(TrainingJobName="from-boto3")
    assert job["TrainingJobStatus"] == "InProgress"
    assert job["CreationTime"].tzinfo is not None


def test_boto3_gets_errors_with_their_code(
    client: Callable[[str], Any], training_request: dict[str, Any]
) -> None:
    sagemaker = client("sagemaker")
    training_request["TrainingJobName"] = "twice"
    sagemaker.create_training_job(**training_request)
    with pytest.raises(sagemaker.exceptions.ResourceInUse):
        sagemaker.create_training_job(**training_request)


def test_a_state_sends_a_request_that_one_expression_makes(
    engine: Engine,
    execute: Callable[[dict[str, Any]], RunResult],
    training_request: dict[str, Any],
) -> None:
    received = len(engine.control.calls())
    merged = f"{{% $merge([{json.dumps(training_request)}, {{'TrainingJobName': 'merged'}}]) %}}"
    end = execute(task("createTrainingJob", merged))
    assert end.output == {
        "TrainingJobArn": "arn:aws:sagemaker:us-west-2:123456789012:training-job/merged"
    }
    (call,) = engine.control.calls(since=received)
    assert call.request == training_request | {"TrainingJobName": "merged"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ResourceLimitExceeded", "SageMaker.ResourceLimitExceededException"),
        ("ThrottlingException", "SageMaker.SageMakerException"),
    ],
)
def test_a_state_gets_a_rejection_under_the_name_that_aws_gives_it(
    engine: Engine,
    execute: Callable[[dict[str, Any]], RunResult],
    training_request: dict[str, Any],
    code: str,
    name: str,
) -> None:
    engine.control.follow(Plan(rejections=[Rejection(code=code)]))
    end = execute(task("createTrainingJob", training_request))
    assert (end.status, end.error) == ("FAILED", name)
    assert end.cause is not None
    assert end.cause.startswith(f"{code}: ")
    engine.control.follow(Plan())


def test_a_retry_submits_again_until_the_rejections_are_used_up(
    engine: Engine,
    execute: Callable[[dict[str, Any]], RunResult],
    training_request: dict[str, Any],
) -> None:
    engine.control.follow(Plan(rejections=[Rejection(code="ResourceLimitExceeded", count=2)]))
    received = len(engine.control.calls())
    training_request["TrainingJobName"] = "retried"
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 3}
    end = execute({**task("createTrainingJob", training_request), "Retry": [retry]})
    assert end.status == "SUCCEEDED"
    assert len(engine.control.calls(since=received)) == 3


@pytest.mark.parametrize(
    ("outcome", "status"), [("Completed", "SUCCEEDED"), ("Failed:bad data", "FAILED")]
)
def test_the_optimized_integration_waits_for_the_job(
    engine: Engine,
    execute: Callable[[dict[str, Any]], RunResult],
    training_request: dict[str, Any],
    outcome: str,
    status: str,
) -> None:
    engine.control.follow(Plan(outcomes=[Outcome.parse(outcome)]))
    training_request["TrainingJobName"] = f"sync-{status}"
    end = execute(
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
            "Arguments": training_request,
        }
    )
    assert end.status == status
    if status == "SUCCEEDED":
        assert end.output["TrainingJobStatus"] == "Completed"
        assert end.output["CreationTime"].endswith("Z")
    else:
        assert end.error == "States.TaskFailed"
        assert json.loads(end.cause or "")["FailureReason"] == "bad data"
    engine.control.follow(Plan())


def test_an_execution_that_takes_too_long_is_given_up(client: Callable[[str], Any]) -> None:
    states = client("stepfunctions")
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Wait"}},
    }
    machine = states.create_state_machine(
        name="endless", definition=json.dumps(definition), roleArn=ROLE
    )
    end = run_execution(
        states, machine["stateMachineArn"], {}, timeout=0.1, progress=lambda _: None
    )
    assert (end.status, end.error) == ("TIMED_OUT", "States.Timeout")
    assert states.describe_execution(executionArn=end.execution_arn)["status"] == "ABORTED"


def test_a_stack_makes_and_deletes_a_model_package_group(client: Callable[[str], Any]) -> None:
    formation, sagemaker = client("cloudformation"), client("sagemaker")
    formation.create_stack(StackName="group", TemplateBody=json.dumps(GROUP_TEMPLATE))
    formation.get_waiter("stack_create_complete").wait(
        StackName="group", WaiterConfig={"Delay": 0.1}
    )
    (stack,) = formation.describe_stacks(StackName="group")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    arn = "arn:aws:sagemaker:us-west-2:123456789012:model-package-group/models"
    assert outputs == {"Ref": arn, "Arn": arn}
    listed = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupArn"] for group in listed] == [arn]
    formation.delete_stack(StackName="group")
    formation.get_waiter("stack_delete_complete").wait(
        StackName="group", WaiterConfig={"Delay": 0.1}
    )
    assert sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_the_engine_listens_on_the_loopback_interface_only(engine: Engine) -> None:
    assert engine.endpoint.startswith("http://127.0.0.1:")
    port = int(engine.endpoint.rpartition(":")[2])
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other,
        pytest.raises(ConnectionRefusedError),
    ):
        # Another address of the loopback network, on which 0.0.0.0 would answer as well.
        other.connect(("127.0.0.2", port))


def test_a_stopped_engine_leaves_nothing_behind() -> None:
    from constructs_trainers.local.engine import Engine

    with Engine() as engine:
        workdir, pid = engine.workdir, engine.pid
        assert workdir.is_dir()
    assert not workdir.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ConnectionRefusedError), socket.socket() as late:
        late.connect(("127.0.0.1", int(engine.endpoint.rpartition(":")[2])))


def test_a_run_on_an_engine_that_is_gone_is_an_error_of_ours() -> None:
    from constructs_trainers.local.engine import Engine

    stack = StackArtifact(
        id="Training",
        name="Training",
        selector="Training",
        account=None,
        region=None,
        template={},
        stack_dependencies=(),
    )
    engine = Engine()
    engine.stop()
    app = DeployedApp(engine, Machine(stack=stack, logical_id="Machine"), [stack], "us-west-2")
    with pytest.raises(LocalRunError, match="engine: ended"):
        app.run()


def test_an_engine_whose_run_was_killed_ends_by_itself(tmp_path: Path) -> None:
    script = (
        "import sys; from constructs_trainers.local.engine import Engine; engine = Engine();"
        "print(engine.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as run:
        assert run.stdout is not None
        engine = os.pidfd_open(int(run.stdout.readline()))
        run.send_signal(signal.SIGKILL)
    try:
        ended, _, _ = select.select([engine], [], [], 10)
    finally:
        os.close(engine)
    assert ended
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_has_ended_cannot_stay() -> None:
    from constructs_trainers.local.engine import Engine

    with Engine() as engine:
        engine.wait_until_ready()
        process = os.pidfd_open(engine.pid)
        try:
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], 30)
        finally:
            os.close(process)
        with pytest.raises(LocalRunError, match="ended before it could stay"):
            engine.leave_running()


def test_an_engine_that_is_left_running_is_nobodys_until_a_signal_ends_it() -> None:
    from constructs_trainers.local.engine import Engine, check_health

    with Engine() as engine:
        engine.wait_until_ready()
        process = os.pidfd_open(engine.pid)
        engine.leave_running()
    try:
        check_health(engine.endpoint, timeout=30)
        assert engine.workdir.is_dir()
    finally:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        ended, _, _ = select.select([process], [], [], 30)
        os.close(process)
    assert ended
    assert not engine.workdir.exists()
