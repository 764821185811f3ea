"""An engine that stays: one for a project, until it is stopped."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import LocalRunError, Problem
from constructs_trainers.local.bootstrapping import bootstrap_regions
from constructs_trainers.local.engine import MARK, Engine, check_health
from constructs_trainers.local.engine_list import enlist
from constructs_trainers.local.engine_state import EngineState, StateFolder, is_engines_folder
from constructs_trainers.local.environment import MisuseError
from constructs_trainers.local.processes import deferred_signals, end_marked, has_argument
from constructs_trainers.local.shell_environment import write_profile
from constructs_trainers.recipes.project_files import root_above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from constructs_trainers.local.cdk_cli import Progress

# As long as a run waits for an answer: an engine may be busy with a function's code.
_HUNG_SECONDS: Final = 30
_END_SECONDS: Final = 10
_POLL_SECONDS: Final = 0.01


def start_engine(start: Path, progress: Progress = lambda _: None) -> EngineState:
    """The engine that stays for a project: the one that runs already, else a new one.

    It answers, and ``cdk deploy`` finds it bootstrapped.

    Args:
        start: The folder of the project's ``cdk.json``, or one below it.
        progress: Is given a line for the person who waits.

    Raises:
        MisuseError: There is no ``cdk.json``, or the engine is not installed.
        LocalRunError: The state cannot be written, or the engine did not start.
    """
    project = _project_at(start, "local start")
    folder = StateFolder(project)
    with folder.locked():
        state = folder.read()
        if state is not None and runs(state):
            if _answers(state):
                progress(f"Engine at {state.endpoint_url} runs already")
                return state
            progress("Ending the engine that does not answer")
        if state is not None:
            _end(state)
        return _started(project, folder, progress)


def running_engine(start: Path) -> EngineState:
    """The engine that stays for a project, runs and answers; none is started.

    Args:
        start: The folder of the project's ``cdk.json``, or one below it.

    Raises:
        MisuseError: There is no ``cdk.json``.
        LocalRunError: There is no such engine.
    """
    project = _project_at(start, "local env")
    state = StateFolder(project).read()
    if state is not None and runs(state) and _answers(state):
        return state
    problem = Problem(
        path="engine",
        message="none runs for this app, or it does not answer",
        got=str(project),
        fix="constructs-trainers local start",
    )
    raise LocalRunError("local env", [problem])


def stop_engine(start: Path) -> EngineState | None:
    """End the engine of a project with all that it started, also one that does not answer.

    Args:
        start: The folder of the project's ``cdk.json``, or one below it.

    Returns:
        The engine that ran; None when none did.

    Raises:
        LocalRunError: The state cannot be removed.
    """
    project = root_above(start.absolute())
    folder = StateFolder(project or start.absolute())
    if not folder.exists():
        return None
    with folder.locked():
        state = folder.read()
        ran = state is not None and runs(state)
        if state is not None:
            _end(state)
        folder.remove()
    return state if ran else None


def runs(state: EngineState) -> bool:
    """Whether a state's process runs and is an engine: its id may be another process's by now."""
    return has_argument(state.pid, str(state.workdir))


def _project_at(start: Path, subject: str) -> Path:
    """The folder of the ``cdk.json`` at or above another one.

    Raises:
        MisuseError: There is none.
    """
    project = root_above(start.absolute())
    if project is None:
        raise MisuseError(
            "cdk.json",
            "there is none at or above this folder: an engine stays for a project",
            got=str(start.absolute()),
            fix="change to the folder of an app",
            subject=subject,
        )
    return project


def _started(project: Path, folder: StateFolder, progress: Progress) -> EngineState:
    from botocore.exceptions import BotoCoreError, ClientError

    progress("Starting the engine")
    with Engine() as engine:
        engine.wait_until_ready()
        progress("Bootstrapping its regions")
        try:
            bootstrap_regions(engine.endpoint)
        except (BotoCoreError, ClientError) as error:
            problem = Problem(path="engine", message="ended, or answered wrongly", got=str(error))
            raise LocalRunError("local start", [problem]) from error
        write_profile(engine.workdir)
        state = EngineState(endpoint_url=engine.endpoint, pid=engine.pid, workdir=engine.workdir)
        enlist(state, project)
        # Written first: an engine that stays and nobody knows of could not be stopped.
        with deferred_signals():
            folder.write(state)
            engine.leave_running()
    progress(f"Engine at {state.endpoint_url}, log in {state.workdir}")
    return state


def _answers(state: EngineState) -> bool:
    with suppress(OSError):
        check_health(state.endpoint_url, timeout=_HUNG_SECONDS)
        return True
    return False


def _end(state: EngineState) -> None:
    """End an engine, or what is left of one: its helpers and its folder."""
    # The id may be nobody's by now, or a thread's.
    with suppress(OSError), _told_of_its_end(state.pid) as wait:
        if runs(state):
            os.killpg(state.pid, signal.SIGKILL)
            # Until then it may listen, and put files into its folder.
            wait()
    end_marked(MARK, str(state.workdir))
    if is_engines_folder(state.workdir):
        shutil.rmtree(state.workdir, ignore_errors=True)


@contextmanager
def _told_of_its_end(pid: int) -> Iterator[Callable[[], object]]:
    """Gives what waits for the end of a process that is not a child of this one.

    Raises:
        OSError: There is no such process.
    """
    if sys.platform == "linux":
        # Its command line is gone before its threads and sockets are.
        process = os.pidfd_open(pid)
        try:
            yield lambda: select.select([process], [], [], _END_SECONDS)
        finally:
            os.close(process)
    else:
        deadline = time.monotonic() + _END_SECONDS

        def wait() -> None:
            while time.monotonic() < deadline:
                os.kill(pid, 0)
                time.sleep(_POLL_SECONDS)

        yield wait
