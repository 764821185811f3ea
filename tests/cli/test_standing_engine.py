"""The real cdk CLI against an engine that stays, in the environment that ``local start`` prints."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator

import pytest

from constructs_trainers.local.clients import engine_client, known_regions
from constructs_trainers.local.engine import EngineControl
from constructs_trainers.local.execution import run_execution
from tests.support.standing_engines import ELSEWHERE, PROJECT, Site, site_in

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

CDK = "node_modules/.bin/cdk --no-notices --no-color"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A project with a small app in us-west-2."""
    with site_in(tmp_path_factory.mktemp("standing")) as found:
        shutil.copy(PROJECT / "cdk.json", found.folder)
        settings = json.loads((found.folder / "cdk.json").read_text())
        script = PROJECT / "tests" / "support" / "changing_app.py"
        settings["app"] = f"{sys.executable} {script} ."
        (found.folder / "cdk.json").write_text(json.dumps(settings))
        (found.folder / "node_modules").symlink_to(PROJECT / "node_modules")
        yield found


def cdk(site: Site, arguments: str) -> str:
    """Run a command of the CLI; gives all that it said."""
    command = site.in_shell(f"{CDK} {arguments}")
    assert command.returncode == 0, command.stdout + command.stderr
    return command.stdout + command.stderr


def trainers(site: Site, **trainers: object) -> None:
    """The app has these trainers from now on; no two tests have one of a name.

    A stack that is destroyed leaves their model package groups, as on AWS.
    """
    (site.folder / "trainers.json").write_text(json.dumps(trainers))


def test_an_app_is_deployed_compared_and_destroyed(site: Site) -> None:
    trainers(site, Only={})
    cdk(site, "deploy --require-approval never")
    assert "Number of stacks with differences: 0" in cdk(site, "diff")
    assert "No drift detected" in cdk(site, "drift")
    trainers(site, Only={"max_attempts": 2})
    difference = cdk(site, "diff")
    assert "maxAttempts" in difference
    assert "Number of stacks with differences: 1" in difference
    cdk(site, "deploy --require-approval never")
    assert "Number of stacks with differences: 0" in cdk(site, "diff")
    formation = engine_client(
        site.state["endpoint_url"], "cloudformation", account="123456789012", region="us-west-2"
    )
    names = {stack["StackName"] for stack in formation.describe_stacks()["Stacks"]}
    assert names == {"Changing", "CDKToolkit"}
    cdk(site, "destroy --force")
    names = {stack["StackName"] for stack in formation.describe_stacks()["Stacks"]}
    assert names == {"CDKToolkit"}


def test_bootstrapping_it_makes_the_cdks_own_stack_of_ours(site: Site) -> None:
    trainers(site, Bootstrapped={})
    assert "bootstrapped." in cdk(site, "bootstrap")
    assert "no changes" in cdk(site, "bootstrap aws://123456789012/us-west-2")
    cdk(site, "deploy --require-approval never")
    cdk(site, "destroy --force")


def test_the_cli_of_a_shell_that_led_elsewhere_finds_the_engine(site: Site) -> None:
    trainers(site, Elsewhere={})
    command = site.in_shell(f"{CDK} deploy --require-approval never", ELSEWHERE)
    assert command.returncode == 0, command.stderr
    cdk(site, "destroy --force")


def test_a_run_beside_it_has_an_engine_of_its_own(site: Site) -> None:
    trainers(site, Beside={})
    cdk(site, "deploy --require-approval never")
    endpoint = site.state["endpoint_url"]
    environment = json.loads(site.local("start", "--json")[0])["environment"]
    machine = "Changing/Beside/Trainer"
    output, _ = site.local("run", "--json", "--state-machine", machine, shell=environment)
    assert json.loads(output)["status"] == "SUCCEEDED"
    control = EngineControl(endpoint)
    assert control.calls() == []
    # Jobs that are started on this one end by themselves, too.
    place = {"account": "123456789012", "region": "us-west-2"}
    states = engine_client(endpoint, "stepfunctions", **place)
    machines = [m["stateMachineArn"] for m in states.list_state_machines()["stateMachines"]]
    (arn,) = [arn for arn in machines if "Beside" in arn]
    result = run_execution(states, arn, {}, timeout=60, progress=lambda _: None)
    assert result.status == "SUCCEEDED"
    assert "CreateTrainingJob" in {call.operation for call in control.calls()}
    cdk(site, "destroy --force")


def test_every_region_is_bootstrapped(site: Site) -> None:
    site.local("start")
    assert {"us-east-1", "us-west-2", "eu-central-1"} <= set(known_regions("sagemaker"))
    for region in known_regions("sagemaker"):
        parameters = engine_client(
            site.state["endpoint_url"], "ssm", account="123456789012", region=region
        )
        name = "/cdk-bootstrap/hnb659fds/version"
        assert int(parameters.get_parameter(Name=name)["Parameter"]["Value"])
