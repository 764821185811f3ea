"""JSONata by npm's ``jsonata``, the version that Step Functions implements, in one node process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
IS_INSTALLED = (ROOT / "node_modules" / "jsonata-2.0.6").is_dir()
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

    def evaluate(self, code: str, execution_input: object = None, **variables: object) -> Any:  # noqa: ANN401 - any JSON value
        """The value of an expression in a state of an execution; None for nothing.

        Args:
            code: The expression.
            execution_input: The execution's input, which is the state's too.
            variables: Workflow variables by name; ``execution`` is the context's Execution.
        """
        execution = variables.pop("execution", {})
        assert isinstance(execution, dict)
        context = {"Execution": {**execution, "Input": execution_input}}
        states = {"context": context, "input": execution_input}
        answer = self.answer(code, {"states": states, **variables})
        assert "error" not in answer, (answer["error"], execution_input)
        return answer.get("value")

    def answer(self, code: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """What comes of an expression: its ``value``, ``nothing``, or an ``error``."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"code": code, "variables": variables}) + "\n")
        self._node.stdin.flush()
        found: dict[str, Any] = json.loads(self._node.stdout.readline())
        return found
