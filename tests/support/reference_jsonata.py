"""JSONata by its reference implementation, npm's ``jsonata``, in one node process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
IS_INSTALLED = (ROOT / "node_modules" / "jsonata").is_dir()
NOT_INSTALLED = "node_modules has no jsonata: run `make setup`"


class ReferenceJsonata:
    """A node process that evaluates expressions of states; a context manager."""

    def __enter__(self) -> Self:
        script = Path(__file__).with_suffix(".js")
        self._node = subprocess.Popen(
            ["node", str(script)],  # noqa: S607 - conftest.py puts the environment's node first
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._node.communicate()

    def evaluate(self, code: str, execution_input: object) -> Any:  # noqa: ANN401 - any JSON value
        """The value of an expression in a state of an execution with an input."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"code": code, "input": execution_input}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "error" not in answer, (answer["error"], execution_input)
        return answer["value"]
