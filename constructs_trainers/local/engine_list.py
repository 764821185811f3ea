"""The engines that stay on this machine, whichever project they are for.

A process that runs is the only sign of one: each has a file in its folder that names its project.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from constructs_trainers.local.engine import PROCESS_MODULE
from constructs_trainers.local.engine_state import EngineState, StateFolder, is_engines_folder
from constructs_trainers.local.processes import command_lines

_FILE: Final = "standing.json"


@dataclass(frozen=True, kw_only=True)
class StandingEngine:
    """An engine that stays.

    Attributes:
        app_folder: The folder of its project's ``cdk.json``, when it was started.
        since: When that was.
        state: Its address, process and folder.
    """

    app_folder: Path
    since: datetime
    state: EngineState

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The engine in a file's text, or None when no engine has written it."""
        state = EngineState.parse(text)
        if state is None:
            return None
        try:
            content = json.loads(text)
            app_folder, since = (
                Path(content["app_folder"]),
                datetime.fromisoformat(content["since"]),
            )
        except (ValueError, LookupError, TypeError):
            return None
        if since.tzinfo is None or not app_folder.is_absolute():
            return None
        return cls(app_folder=app_folder, since=since, state=state)

    def to_json(self) -> dict[str, Any]:
        """What scripts are told of it."""
        return {
            "app_folder": str(self.app_folder),
            "pid": self.state.pid,
            "endpoint_url": self.state.endpoint_url,
            "since": self.since.isoformat(),
        }

    @property
    def is_its_projects(self) -> bool:
        """Whether ``local stop`` in its folder ends it: the folder may be gone, or moved."""
        return StateFolder(self.app_folder).read() == self.state


def enlist(state: EngineState, app_folder: Path) -> None:
    """Let an engine be found by others than its project.

    Args:
        state: The engine.
        app_folder: The folder of its project's ``cdk.json``.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    engine = StandingEngine(app_folder=app_folder, since=now, state=state)
    content = {**engine.to_json(), "workdir": str(state.workdir)}
    (state.workdir / _FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def standing_engines() -> list[StandingEngine]:
    """This user's engines that stay and run, the oldest first."""
    found = (_engine(pid, arguments) for pid, arguments in command_lines(PROCESS_MODULE))
    return sorted(filter(None, found), key=lambda engine: (engine.since, engine.state.pid))


def _engine(pid: int, arguments: list[str]) -> StandingEngine | None:
    """The engine that a process is; None for one of a run, and for what is no engine."""
    after = arguments[arguments.index(PROCESS_MODULE) + 1 :]
    # Its socket comes first.
    folders = [Path(argument) for argument in after[1:2]]
    with suppress(OSError, ValueError):
        for folder in filter(is_engines_folder, folders):
            engine = StandingEngine.parse((folder / _FILE).read_text(encoding="utf-8"))
            if engine is not None and (engine.state.pid, engine.state.workdir) == (pid, folder):
                return engine
    return None
