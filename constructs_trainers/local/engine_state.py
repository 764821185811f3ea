"""``.constructs-trainers/engine.json``: which engine stays for a project."""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from constructs_trainers.errors import LocalRunError, Problem
from constructs_trainers.local.engine import LOG, WORKDIR_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = ".constructs-trainers"
_FILE: Final = "engine.json"
_LOCK: Final = "lock"
_ENDPOINT: Final = re.compile(r"http://127\.0\.0\.1:\d{1,5}")
_WORKDIR_NAME: Final = re.compile(re.escape(WORKDIR_PREFIX) + r"[a-z0-9_]{8}")
_INIT: Final = 1
_PIDS: Final = 2**31
# Of a file that says more than this, nothing is read: it is none of ours.
_MOST_BYTES: Final = 65_536


@dataclass(frozen=True, kw_only=True)
class EngineState:
    """What is kept of an engine.

    Attributes:
        endpoint_url: Its address, on the loopback interface.
        pid: Its process id, which is its process group's too.
        workdir: Its folder, with a random name that no other process has among its arguments.
    """

    endpoint_url: str
    pid: int
    workdir: Path

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The state in a file's text, or None when no engine has written it.

        Processes are ended and folders removed by what it says, so that it is taken at its word
        only where it can be an engine's.
        """
        try:
            content = json.loads(text)
            endpoint, pid, workdir = (content[k] for k in ("endpoint_url", "pid", "workdir"))
        except (ValueError, RecursionError, LookupError, TypeError):
            return None
        if type(pid) is not int or not _INIT < pid < _PIDS:
            return None
        if not isinstance(endpoint, str) or not _ENDPOINT.fullmatch(endpoint):
            return None
        if not isinstance(workdir, str) or not Path(workdir).is_absolute() or "\0" in workdir:
            return None
        if ".." in Path(workdir).parts or not _WORKDIR_NAME.fullmatch(Path(workdir).name):
            return None
        return cls(endpoint_url=endpoint, pid=pid, workdir=Path(workdir))


class StateFolder:
    """The folder beside ``cdk.json`` that the state is kept in.

    Args:
        project: The folder of ``cdk.json``.
    """

    def __init__(self, project: Path) -> None:
        self.path = project / FOLDER
        self.file = self.path / _FILE

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and let nobody else start or end its engine meanwhile.

        Raises:
            LocalRunError: It cannot be written.
        """
        try:
            self.path.mkdir(mode=0o700, exist_ok=True)
            self._keep_out_of_git()
            # Locked is a file of its own: the other one is replaced.
            lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_written(self.path, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def exists(self) -> bool:
        """Whether an engine has ever been started here."""
        return self.path.is_dir()

    def read(self) -> EngineState | None:
        """The state that is kept; None when there is none, or nothing that can be made out."""
        with suppress(OSError, ValueError):
            # Looked at before it is opened: opening a pipe waits for somebody at its other end.
            if stat.S_ISREG(self.file.lstat().st_mode):
                with self.file.open(encoding="utf-8") as stream:
                    return EngineState.parse(stream.read(_MOST_BYTES))
        return None

    def write(self, state: EngineState) -> None:
        """Keep a state, for this user's eyes only, in place of what is there.

        Raises:
            LocalRunError: It cannot be written; then it is as it was.
        """
        content = {
            "endpoint_url": state.endpoint_url,
            "pid": state.pid,
            "workdir": str(state.workdir),
        }
        try:
            # Made with mode 600, and in the same folder: only there is a rename atomic.
            descriptor, name = tempfile.mkstemp(dir=self.path, prefix=f"{_FILE}.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(json.dumps(content, indent=2) + "\n")
                Path(name).replace(self.file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _not_written(self.file, error) from error

    def remove(self) -> None:
        """Forget the state.

        Raises:
            LocalRunError: The file cannot be removed.
        """
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(self.file, error) from error

    def _keep_out_of_git(self) -> None:
        ignored = self.path / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")


def is_engines_folder(folder: Path) -> bool:
    """Whether a folder that a file names is an engine's: what was cloned may name any."""
    with suppress(OSError):
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
        return private and found.st_uid == os.geteuid() and (folder / LOG).is_file()
    return False


def _not_written(path: Path, error: OSError) -> LocalRunError:
    problem = Problem(
        path=str(path),
        message="the state of the engine cannot be kept there",
        got=error.strerror or str(error),
        allowed="a folder beside cdk.json that can be written",
        fix=f"make {path.parent} writable, and remove what stands in the way",
    )
    return LocalRunError("local engine", [problem])
