"""Write the picture of a trainer's state machine into docs/reliability.md, from its definition.

Usage: python tools/state_diagram.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constructs_trainers.workflows.allowed_input import AllowedInput  # noqa: E402 - as below
from constructs_trainers.workflows.definition import training_definition  # noqa: E402 - as below
from tools.generated_part import GeneratedPart  # noqa: E402 - the project beside this file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def diagram() -> str:
    """The machine as a Mermaid diagram: its states, and what leads from one to the next."""
    from constructs_trainers.jobs.job_retry import JobRetry

    definition: Any = training_definition(
        {},
        stem="job",
        allowed=AllowedInput(),
        s3_data_type="S3Prefix",
        max_runtime_in_seconds=None,
        retry=JobRetry(),
    )
    lines = [f"[*] --> {definition['StartAt']}"]
    for name, state in definition["States"].items():
        lines += [f"{name} --> {target}{_label(why)}" for target, why in _ways(state)]
        if state["Type"] == "Fail" or state.get("End"):
            lines.append(f"{name} --> [*]")
    body = "\n".join(f"    {line}" for line in dict.fromkeys(lines))
    return f"\n```mermaid\nstateDiagram-v2\n{body}\n```\n\n"


def _ways(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The states that may come after one, each with what makes them come."""
    if "Next" in state:
        yield state["Next"], ""
    for choice in state.get("Choices", ()):
        yield choice["Next"], ""
    if "Default" in state:
        yield state["Default"], "otherwise"
    catches = state.get("Catch", ())
    for catch in catches:
        names = dict.fromkeys(map(_readable, catch["ErrorEquals"]))
        yield catch["Next"], " or ".join(names) if len(catches) > 1 else "an error"


def _readable(error: str) -> str:
    """An error's name without what its integration puts around it."""
    if error == "States.ALL":
        return "another error"
    return error.rpartition(".")[2].removesuffix("Exception")


def _label(why: str) -> str:
    return f": {why}" if why else ""


PART = GeneratedPart(
    document=ROOT / "docs" / "reliability.md",
    tool="state_diagram.py",
    name="diagram",
    make=diagram,
)

if __name__ == "__main__":
    sys.exit(PART.main())
