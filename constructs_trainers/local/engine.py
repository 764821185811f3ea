"""The embedded engine as a child process, and how it is controlled.

It never outlives its run, unless it is told to stay. The channel between a run and its engine is
two operations on the engine's own port.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from constructs_trainers.errors import LocalRunError, Problem
from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.environment import (
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    NO_AWS_CONFIGURATION,
    require_ministack,
)
from constructs_trainers.local.plan import Plan
from constructs_trainers.local.processes import STAY, deferred_signals, end_group
from constructs_trainers.local.service import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.local.service import SageMaker

SERVICE: Final = "constructs-trainers"
TARGET_PREFIX: Final = "ConstructsTrainers"
MARK: Final = "CONSTRUCTS_TRAINERS_ENGINE"
"""The environment variable, inherited by all that an engine starts, that holds its folder."""
PROCESS_MODULE: Final = "constructs_trainers.local.engine_process"
"""What an engine's process runs; the arguments after it are its socket and its folder."""
WORKDIR_PREFIX: Final = "constructs-trainers-"
"""How the name of an engine's folder begins; what follows is random."""
_TIMEOUT_SECONDS: Final = 30
_START_TIMEOUT_SECONDS: Final = 60
# The engine is on this machine: a proxy that the environment names must not be asked.
_LOOPBACK: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
LOG: Final = "engine.log"
"""The name of the file in an engine's folder that it writes its log to."""
_LOG_LINES_SHOWN: Final = 20
# Wait states and retry intervals shrink by this factor: a minute takes 60 ms.
_WAIT_SCALE: Final = "0.001"


class Engine:
    """A running engine: a context manager around its process, its port and its folder.

    The process starts at once and gets ready in the background: see :meth:`wait_until_ready`.

    Args:
        hub_contents: A JSON file of what DescribeHubContent answers, by
            ``HubName/HubContentType/HubContentName``, read for every call. Default: nothing is
            found.

    Attributes:
        endpoint: Its address, on the loopback interface.
        workdir: A folder that lives as long as the engine.
        control: Scripts its jobs and reads its record.

    Raises:
        MissingRequirementError: ministack is not installed.
    """

    def __init__(self, hub_contents: Path | None = None) -> None:
        require_ministack()
        self._owned = ExitStack()
        try:
            with deferred_signals():
                self.workdir = Path(tempfile.mkdtemp(prefix=WORKDIR_PREFIX))
                self._owned.callback(partial(shutil.rmtree, self.workdir, ignore_errors=True))
                # Listening before the process exists: no other process can take the port
                # meanwhile, and a request that comes early waits instead of failing.
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    port = listener.getsockname()[1]
                    self._process = self._start(listener.fileno(), port, hub_contents)
                self._owned.callback(end_group, self._process)
        except BaseException:
            self.stop()
            raise
        self.endpoint = f"http://127.0.0.1:{port}"
        self.control = EngineControl(self.endpoint)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id, which is its process group's too."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return when the engine answers.

        Raises:
            LocalRunError: It ended, or did not answer within a minute.
        """
        try:
            check_health(self.endpoint, timeout=_START_TIMEOUT_SECONDS)
        except OSError as error:
            log = (self.workdir / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
            got = "\n".join(log[-_LOG_LINES_SHOWN:]) or str(error)
            problem = Problem(path="engine", message="did not start", got=got)
            raise LocalRunError("local engine", [problem]) from error

    def stop(self) -> None:
        """End the process with its helpers, and remove its folder. Does nothing a second time."""
        with deferred_signals():
            self._owned.close()

    def leave_running(self) -> None:
        """Let the engine outlive this process, which owns neither it nor its folder from now on.

        Raises:
            LocalRunError: It has ended.
        """
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        try:
            os.write(self._process.stdin.fileno(), STAY)
        except BrokenPipeError as error:
            problem = Problem(path="engine", message="ended before it could stay")
            raise LocalRunError("local engine", [problem]) from error
        self._process.stdin.close()
        self._owned.pop_all()
        # Whoever ends it is not its parent any more: nobody here waits for it.
        self._process.returncode = 0

    def _start(
        self, descriptor: int, port: int, hub_contents: Path | None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", PROCESS_MODULE]
        command += [str(descriptor), str(self.workdir)]
        command += [str(hub_contents.resolve())] if hub_contents else []
        with (self.workdir / LOG).open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - this interpreter, arguments of our own
                command,
                cwd=self.workdir,
                env=_engine_environment(port, self.workdir),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[descriptor],
                # Ctrl-C is for the run, which ends the engine when it has cleaned up. An engine
                # that stays outlives the terminal, too.
                start_new_session=True,
            )


def _engine_environment(port: int, workdir: Path) -> dict[str, str]:
    # Nothing of the user's environment: ministack reads dozens of variables.
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(workdir),
        "TMPDIR": str(workdir),
        MARK: str(workdir),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": DEFAULT_ACCOUNT,
        "MINISTACK_REGION": DEFAULT_REGION,
        "LOG_LEVEL": "WARNING",
        "SFN_WAIT_SCALE": _WAIT_SCALE,
        # Listeners of its own that it opens by default, and the reaper that removes containers
        # of other ministacks when there is a Docker daemon.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{workdir}/no-docker",
        **NO_AWS_CONFIGURATION,
    }


def check_health(endpoint: str, *, timeout: float) -> None:
    """Return when an engine answers.

    Args:
        endpoint: Its address.
        timeout: Seconds to wait for the answer.

    Raises:
        OSError: It does not.
    """
    with _LOOPBACK.open(f"{endpoint}/_ministack/health", timeout=timeout):
        return


@dataclasses.dataclass(frozen=True)
class EngineControl:
    """The run's side of the channel.

    Attributes:
        endpoint: The engine's address, such as ``http://127.0.0.1:4566``.
    """

    endpoint: str

    def follow(self, plan: Plan) -> None:
        """Script the jobs that are submitted from now on."""
        self._call("FollowPlan", plan.to_json())

    def calls(self, *, since: int = 0) -> list[Call]:
        """Every call that SageMaker received, but the first ``since`` (default: none left out)."""
        return [Call(**call) for call in self._call("ListCalls", {"Since": since})["Calls"]]

    def _call(self, operation: str, data: Mapping[str, object]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - always http, on the loopback interface
            self.endpoint,
            data=json.dumps(data).encode(),
            headers={"X-Amz-Target": f"{TARGET_PREFIX}.{operation}"},
        )
        with _LOOPBACK.open(request, timeout=_TIMEOUT_SECONDS) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def answer(sagemaker: SageMaker, operation: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's side of the channel: answer ``FollowPlan`` or ``ListCalls``.

    Raises:
        ApiError: It is another operation.
    """
    if operation == "FollowPlan":
        sagemaker.follow(Plan.from_json(data))
        return {}
    if operation == "ListCalls":
        calls = sagemaker.calls(since=data["Since"])
        return {"Calls": [dataclasses.asdict(call) for call in calls]}
    raise ApiError("UnknownOperationException", operation)
