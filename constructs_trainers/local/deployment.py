"""An app deployed to an engine, and runs of its trainers."""

from __future__ import annotations

import dataclasses
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import LocalRunError, Problem
from constructs_trainers.local import assembly
from constructs_trainers.local.cdk_cli import CdkCli, find_cdk
from constructs_trainers.local.clients import engine_client
from constructs_trainers.local.engine import Engine
from constructs_trainers.local.environment import (
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    MisuseError,
    isolated_environment,
    search_path,
)
from constructs_trainers.local.execution import run_execution
from constructs_trainers.local.plan import Plan
from constructs_trainers.recipes.project_files import root_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_trainers.local.cdk_cli import Progress
    from constructs_trainers.local.execution import RunResult

DEFAULT_TIMEOUT_SECONDS: Final = 300.0


@dataclass(frozen=True, kw_only=True)
class AppChoice:
    """Which app is deployed, and what of it.

    Attributes:
        project: The folder of its cdk.json. Default: the nearest with one, at or above the current
            folder; with ``app`` the current one.
        app: The command that runs it. Default: what cdk.json says.
        stack: The only stack to deploy, with what it depends on. Default: all.
        state_machine: The machine to run, by its trainer's construct id or path, or its own
            logical id or name. Default: the only trainer's.
        region: The region of stacks that are agnostic of it. Default: ``us-east-1``.
    """

    project: Path | None = None
    app: str | None = None
    stack: str | None = None
    state_machine: str | None = None
    region: str | None = None

    @property
    def folder(self) -> Path:
        """Where the app is run."""
        if self.project is not None:
            return self.project
        here = Path.cwd()
        return (None if self.app else root_above(here)) or here

    def check(self) -> None:
        """See that something says how the app is run.

        Raises:
            MisuseError: There is no ``cdk.json``, and no command in its place.
        """
        if self.app or (self.folder / "cdk.json").is_file() or _cdk_is_told_elsewhere():
            return
        where = "in this folder" if self.project else "at or above this folder"
        raise MisuseError(
            "cdk.json",
            f"there is none {where}: nothing says how the app is run",
            got=str(self.folder),
            allowed="a folder with a cdk.json, or one below it",
            fix="change to the app's folder, or give the command that runs the app with --app",
        )


@dataclass(frozen=True, eq=False)
class DeployedApp:
    """An app on a running engine: run its trainers as often as needed, with different plans.

    Attributes:
        engine: The engine.
        machine: The state machine that runs unless another is named.
        stacks: The stacks among which another machine may be named.
        region: Where stacks agnostic of it were deployed.
    """

    engine: Engine
    machine: assembly.Machine
    stacks: Sequence[assembly.StackArtifact]
    region: str

    def client(self, service: str, stack: assembly.StackArtifact | None = None) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients at run time
        """A boto3 client of the engine, in the account and region of a stack.

        Args:
            service: Such as ``stepfunctions``.
            stack: The stack. Default: that of the machine to run.
        """
        stack = stack or self.machine.stack
        return engine_client(
            self.engine.endpoint,
            service,
            account=stack.account or DEFAULT_ACCOUNT,
            region=stack.region or self.region,
        )

    def run(
        self,
        execution_input: Mapping[str, object] | None = None,
        plan: Plan | None = None,
        *,
        state_machine: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        progress: Progress = lambda _: None,
    ) -> RunResult:
        """Run a state machine to its end.

        Args:
            execution_input: Its input. Default: ``{}``.
            plan: What happens to the jobs. Default: all complete.
            state_machine: Another machine than :attr:`machine`.
            timeout: Seconds after which the execution is given up.
            progress: Is given a line for each state and each change of the job's status.

        Raises:
            StackChoiceError: No machine is meant by ``state_machine``, or more than one.
            LocalRunError: The engine ended, or answered wrongly.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        machine = self.machine
        if state_machine is not None:
            machine = assembly.select_machine(self.stacks, state_machine)
        control = self.engine.control
        try:
            control.follow(plan or Plan())
            received = len(control.calls())
            resource = self.client("cloudformation", machine.stack).describe_stack_resource(
                StackName=machine.stack.name, LogicalResourceId=machine.logical_id
            )
            result = run_execution(
                self.client("stepfunctions", machine.stack),
                resource["StackResourceDetail"]["PhysicalResourceId"],
                execution_input or {},
                timeout=timeout,
                progress=progress,
            )
            calls = control.calls(since=received)
        except (BotoCoreError, ClientError, OSError) as error:
            problem = Problem(path="engine", message="ended, or answered wrongly", got=str(error))
            raise LocalRunError("local run", [problem]) from error
        requests = [call.request for call in calls if call.operation == "CreateTrainingJob"]
        return dataclasses.replace(result, requests=requests)


@contextmanager
def deployed_app(choice: AppChoice, progress: Progress = lambda _: None) -> Iterator[DeployedApp]:
    """Start an engine, deploy an app to it, and end the engine when the context does.

    Raises:
        MisuseError: There is no app, something is not installed, or the stack, the state machine
            or the region is not there, or not the only one.
        CdkFailedError: The app could not be synthesized or deployed.
        LocalRunError: The engine did not start.
    """
    region = choice.region or DEFAULT_REGION
    choice.check()
    executable = find_cdk(choice.folder, search_path(os.environ))
    with Engine() as engine:

        def cdk(account: str) -> CdkCli:
            environment = isolated_environment(
                engine.endpoint, engine.workdir, account=account, region=region, base=os.environ
            )
            return CdkCli(executable, environment, engine.workdir, progress)

        # The engine gets ready while the app is synthesized.
        progress("Synthesizing the app")
        folder = engine.workdir / "cdk.out"
        cdk(DEFAULT_ACCOUNT).synth(choice.folder, choice.app, folder)
        stacks = assembly.read_assembly(folder)
        chosen, deployed = assembly.select_stacks(stacks, choice.stack)
        _check_region(chosen, choice.region)
        machine = assembly.select_machine(chosen, choice.state_machine)
        if machine.recipe is not None:
            progress(f"Trainer {machine.label}")
            for line in assembly.recipe_summary(machine.recipe, machine.hyperparameters):
                progress(line)
        account = _only_account(deployed)
        engine.wait_until_ready()
        cli = cdk(account)
        for environment in sorted({stack.region or region for stack in deployed}):
            progress(f"Bootstrapping aws://{account}/{environment}")
            cli.bootstrap(account, environment)
        progress(f"Deploying {', '.join(stack.selector for stack in deployed)}")
        cli.deploy(folder, [stack.selector for stack in deployed])
        yield DeployedApp(engine, machine, chosen, region)


def _cdk_is_told_elsewhere() -> bool:
    """Whether the cdk CLI finds an app by its variable, or may by the file in the user's home."""
    with suppress(RuntimeError):  # nobody's home
        return bool(os.environ.get("CDK_APP")) or (Path.home() / ".cdk.json").is_file()
    return False


def _only_account(stacks: Sequence[assembly.StackArtifact]) -> str:
    accounts = sorted({stack.account or DEFAULT_ACCOUNT for stack in stacks})
    if len(accounts) > 1:
        message = "the embedded engine deploys to one account at a time"
        fix = "choose a stack with --stack"
        raise MisuseError("stacks", message, got=", ".join(accounts), fix=fix)
    return accounts[0]


def _check_region(stacks: Sequence[assembly.StackArtifact], region: str | None) -> None:
    fixed = [stack for stack in stacks if stack.region not in {None, region}]
    if region is not None and fixed:
        message = f"stack {fixed[0].name} says itself where it goes: {fixed[0].region}"
        raise MisuseError("region", message, got=region, fix="leave out --region")
