"""Every trainer in every kind of compute, deployed once by the real cdk CLI and run."""

from __future__ import annotations

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.jobs.evaluators.evaluator_import import evaluator_name, hub_name
from constructs_trainers.local.plan import Plan, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.local.deployment import DeployedApp
    from constructs_trainers.local.execution import RunResult
    from constructs_trainers.local.service import Call

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]
ACCOUNT, REGION = "123456789012", "us-west-2"
SERVERLESS = ("Sft", "Dpo", "Rlvr", "Rlaif")
OWN = ("SftOwn", "DpoOwn", "RlvrOwn")
HUB = hub_name(REGION, ACCOUNT)
LOOK_UPS = ["DescribeHub", "DescribeHubContent"]


class Example:
    """A copy of the example that can be changed and deployed again."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        shutil.copytree(PROJECT / "examples" / "all_trainers", self.project)
        (self.project / "node_modules").symlink_to(PROJECT / "node_modules")
        self._recipes = folder / "recipes.json"
        script = PROJECT / "tests" / "support" / "all_trainers_app.py"
        self.app = f"{sys.executable} {script} {self._recipes}"

    @property
    def recipes(self) -> dict[str, str]:
        """The text of each recipe on own instances, as it was last synthesized."""
        texts: dict[str, str] = json.loads(self._recipes.read_text(encoding="utf-8"))
        return texts

    def deploy_again(self, deployed: DeployedApp, assembly: Path) -> None:
        """Synthesize and deploy once more."""
        from constructs_trainers.local.cdk_cli import CdkCli, find_cdk
        from constructs_trainers.local.environment import isolated_environment

        engine = deployed.engine
        environment = isolated_environment(
            engine.endpoint, engine.workdir, account=ACCOUNT, region=REGION, base=os.environ
        )
        cdk = find_cdk(self.project, environment["PATH"])
        cli = CdkCli(cdk, environment, engine.workdir, lambda _: None)
        cli.synth(self.project, self.app, assembly)
        cli.deploy(assembly, ["AllTrainers"])


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def deployed(example: Example) -> Iterator[DeployedApp]:
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    choice = AppChoice(project=example.project, app=example.app, state_machine="Sft")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as app:
            yield app


def said(deployed: DeployedApp, trainer: str) -> dict[str, Any]:
    """The trainer's training_job_request, with the values that the deployment gave."""
    stacks = deployed.client("cloudformation").describe_stacks(StackName="AllTrainers")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
    request: dict[str, Any] = json.loads(outputs[f"{trainer}Request"])
    return request


def sent(result: RunResult) -> dict[str, Any]:
    """The only request, without its name."""
    (request,) = result.requests
    return {member: value for member, value in request.items() if member != "TrainingJobName"}


def evaluator_arn(function_arn: str) -> str:
    name = evaluator_name(function_arn)
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:hub-content/{HUB}/JsonDoc/{name}/1.0.0"


def recipe_place(request: dict[str, Any]) -> tuple[str, str]:
    """Bucket and key of the recipe's file."""
    (channel,) = (c for c in request["InputDataConfig"] if c["ChannelName"] == "recipe")
    uri: str = channel["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def versions(deployed: DeployedApp, place: tuple[str, str]) -> int:
    """How often an object was uploaded."""
    bucket, key = place
    s3 = deployed.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    return len(s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"])


def run_and_calls(
    deployed: DeployedApp, trainer: str, plan: Plan | None = None
) -> tuple[RunResult, list[Call]]:
    """A run, and what it called but for looks at the job."""
    received = len(deployed.engine.control.calls())
    result = deployed.run(state_machine=trainer, plan=plan)
    calls = deployed.engine.control.calls(since=received)
    return result, [call for call in calls if call.operation != "DescribeTrainingJob"]


@pytest.mark.parametrize("trainer", [*SERVERLESS, *OWN])
def test_each_trainer_sends_what_it_says(deployed: DeployedApp, trainer: str) -> None:
    result = deployed.run(state_machine=trainer)
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    request = sent(result)
    if trainer == "Rlvr":
        functions = deployed.client("lambda").list_functions()["Functions"]
        (function,) = (f["FunctionArn"] for f in functions if "Score" in f["FunctionName"])
        assert request["ServerlessJobConfig"].pop("EvaluatorArn") == evaluator_arn(function)
    assert request == said(deployed, trainer)
    assert ("ServerlessJobConfig" in request) == (trainer in SERVERLESS)
    assert ("AlgorithmSpecification" in request) == (trainer in OWN)
    assert result.output["TrainingJobStatus"] == "Completed"


@pytest.mark.parametrize("trainer", OWN)
def test_the_uploaded_recipe_is_the_resolved_one(
    deployed: DeployedApp, example: Example, trainer: str
) -> None:
    bucket, key = recipe_place(said(deployed, trainer))
    assert key.endswith("/recipe.yaml")
    body = deployed.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == example.recipes[trainer].encode()


def test_a_reward_function_is_registered_by_the_first_of_two_at_once(
    deployed: DeployedApp,
) -> None:
    received = len(deployed.engine.control.calls())
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: deployed.run(state_machine="Shared"), range(2)))
    assert [(result.status, result.cause) for result in results] == [("SUCCEEDED", None)] * 2
    calls = deployed.engine.control.calls(since=received)
    imports = [c.error for c in calls if c.operation == "ImportHubContent"]
    assert imports.count(None) == 1
    assert set(imports) <= {None, "ResourceInUse"}

    again, calls = run_and_calls(deployed, "Shared")
    assert again.succeeded
    assert [call.operation for call in calls] == [*LOOK_UPS, "CreateTrainingJob"]
    evaluator = evaluator_arn(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Shared")
    assert sent(again)["ServerlessJobConfig"]["EvaluatorArn"] == evaluator


def test_a_registration_that_fails_is_a_rejection_that_says_why(deployed: DeployedApp) -> None:
    refusal = Rejection(code="AccessDeniedException", operation="ImportHubContent")
    refused, calls = run_and_calls(deployed, "Refused", Plan(rejections=[refusal]))
    assert (refused.status, refused.error) == ("FAILED", "TrainingJobRejected")
    assert "could not be registered" in str(refused.cause)
    assert "AccessDeniedException" in str(refused.cause)
    assert "CreateTrainingJob" not in {call.operation for call in calls}

    # Another execution was faster, and its import fails later.
    faster = Rejection(
        code="ResourceInUse", count=1, job_created=True, operation="ImportHubContent"
    )
    plan = Plan(rejections=[faster], import_failure="the document is no evaluator")
    for _ in range(2):
        failed, _ = run_and_calls(deployed, "Refused", plan)
        assert (failed.status, failed.error, failed.requests) == (
            "FAILED",
            "TrainingJobRejected",
            [],
        )
        assert "ImportFailed" in str(failed.cause)
        assert "the document is no evaluator" in str(failed.cause)


def test_a_changed_recipe_is_uploaded_and_an_unchanged_one_is_not(
    deployed: DeployedApp, example: Example, tmp_path: Path
) -> None:
    before = {trainer: recipe_place(said(deployed, trainer)) for trainer in OWN}
    recipe = example.project / "recipes" / "tuning.yaml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("max_epochs: 2", "max_epochs: 4"), encoding="utf-8")
    example.deploy_again(deployed, tmp_path / "cdk.out")

    after = {trainer: recipe_place(said(deployed, trainer)) for trainer in OWN}
    assert after["RlvrOwn"] == before["RlvrOwn"]
    assert versions(deployed, after["RlvrOwn"]) == 1
    assert after["SftOwn"] != before["SftOwn"]
    request = sent(deployed.run(state_machine="SftOwn"))
    assert recipe_place(request) == after["SftOwn"]
    bucket, key = after["SftOwn"]
    body = deployed.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == example.recipes["SftOwn"].encode()
    assert b"max_epochs: 4" in body
