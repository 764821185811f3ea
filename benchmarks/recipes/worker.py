"""A process that resolves cases and times each by itself.

Both sides of a comparison run in one, so that both are timed alike. The language between the two
ends is a line of JSON: first the cases, answered by the versions; then the number of a case,
answered by the seconds and the recipe. Standard library only: the SDK's environment runs it too.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


def serve(
    prepare: Callable[[Mapping[str, Any]], Callable[[], Mapping[str, Any]]],
    packages: Sequence[str],
) -> None:
    """Answer the other end until it hangs up.

    Args:
        prepare: Gives for a case what resolves it. Only the latter is timed, at each call anew.
        packages: The packages whose versions the other end is told.
    """
    calls = [prepare(case) for case in json.loads(sys.stdin.readline())]
    versions = {"Python": platform.python_version()} | {name: version(name) for name in packages}
    _answer(versions)
    for line in sys.stdin:
        call = calls[int(line)]
        start = perf_counter()
        recipe = call()
        seconds = perf_counter() - start
        _answer({"seconds": seconds, "recipe": recipe})


def _answer(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def environment() -> dict[str, str]:
    """This process's environment without Python's own settings.

    Some of them, such as the one that keeps byte code from being written, would slow down the side
    that imports more.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


class WorkerError(Exception):
    """A worker ended before it answered."""


@dataclass(frozen=True)
class Answer:
    """One case, resolved once.

    Attributes:
        seconds: How long it took.
        recipe: What it resolved to.
    """

    seconds: float
    recipe: Mapping[str, Any]


class Worker:
    """The near end of a worker.

    Attributes:
        versions: The versions of Python and of what the worker resolves with.
    """

    def __init__(
        self, process: subprocess.Popen[str], module: str, cases: Sequence[Mapping[str, Any]]
    ) -> None:
        self._process = process
        self._module = module
        self.versions: Mapping[str, str] = self._ask(json.dumps(cases))

    def resolve(self, case: int) -> Answer:
        """Resolve a case once.

        Args:
            case: Its number, counted from 0.

        Raises:
            WorkerError: The worker ended; its traceback is on standard error.
        """
        answer = self._ask(str(case))
        return Answer(answer["seconds"], answer["recipe"])

    def _ask(self, line: str) -> Any:  # noqa: ANN401 - what JSON holds
        to_worker, from_worker = self._process.stdin, self._process.stdout
        if to_worker is None or from_worker is None:
            raise WorkerError(f"{self._module}: started without pipes")
        try:
            to_worker.write(line + "\n")
            to_worker.flush()
        except BrokenPipeError:
            raise WorkerError(f"{self._module} ended") from None
        answer = from_worker.readline()
        if not answer:
            raise WorkerError(f"{self._module} ended")
        return json.loads(answer)


@contextmanager
def worker(
    python: Path, module: str, cases: Sequence[Mapping[str, Any]], *, root: Path
) -> Iterator[Worker]:
    """Start a worker, and end it with the block.

    Args:
        python: The interpreter of its environment.
        module: The module that serves.
        cases: What it resolves.
        root: The project's root, where the module is found.

    Raises:
        WorkerError: It did not start; its traceback is on standard error.
    """
    # Warnings of a library about its own dependencies are of no use beside the progress.
    process = subprocess.Popen(
        [str(python), "-W", "ignore", "-m", module],
        cwd=root,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Worker(process, module, cases)
        finally:
            process.terminate()
