"""Hold every state machine definition of a cloud assembly against asl-validator.

Usage: python tools/validate_definitions.py ASSEMBLY

A definition in a template has CloudFormation's intrinsic functions in it. Each is replaced with
a text such as the deployed stack would have there. An empty text, and a line break in one, are
replaced too: Step Functions takes both as data, asl-validator's schema neither.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_trainers.workflows.sizes import MOST_DEFINITION_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
ASL_VALIDATOR = ROOT / "node_modules" / ".bin" / "asl-validator"

# Step Functions' quota for a state's name.
MOST_CHARACTERS = 80

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "Example",
    "AWS::URLSuffix": "amazonaws.com",
}


def reference(name: str) -> str:
    """What a reference to ``name`` stands for: a known value, else the ARN of something."""
    return PSEUDO_PARAMETERS.get(
        name, f"arn:aws:states:us-east-1:123456789012:stateMachine:{name.replace('.', '-')}"
    )


def call(function: str, argument: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """What an intrinsic function stands for, or None when ``function`` is none."""
    match function, argument:
        case "Ref", str(name):
            return reference(name)
        case "Fn::Join", [str(delimiter), list(parts)]:
            return delimiter.join(
                part if isinstance(part, str) else str(resolve(part)) for part in parts
            )
        case "Fn::Sub", str(text):
            return re.sub(r"\$\{([^!}][^}]*)\}", lambda found: reference(found[1]), text)
        case _:
            return reference("Example") if function.startswith("Fn::") else None


def resolve(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """``value`` with intrinsic functions, and texts the validator does not take, replaced."""
    if isinstance(value, str):
        return " ".join(value.splitlines()) or "(empty)"
    if isinstance(value, list):
        return [resolve(member) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(function, argument)] = value.items()
        text = call(function, argument)
        if text is not None:
            return text
    return {key: resolve(member) for key, member in value.items()}


def machines(template: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON value
    """The logical id and the definition of each state machine of a template."""
    for logical_id, resource in template.get("Resources", {}).items():
        if resource["Type"] != "AWS::StepFunctions::StateMachine":
            continue
        properties = resource["Properties"]
        definition = properties.get("Definition")
        if definition is None:
            definition = json.loads(resolve(properties["DefinitionString"]))
        yield logical_id, resolve(definition)


def definitions(assembly: Path) -> Iterator[tuple[str, Any]]:
    """Each state machine of ``assembly``: its template and logical id, and its definition."""
    for template_path in sorted(assembly.rglob("*.template.json")):
        template = json.loads(template_path.read_text(encoding="utf-8"))
        stack = template_path.name.removesuffix(".template.json")
        for logical_id, definition in machines(template):
            yield f"{stack}.{logical_id}", definition


def state_names(definition: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """The names of all states, those of branches and iterations included."""
    if isinstance(definition, list):
        for member in definition:
            yield from state_names(member)
    elif isinstance(definition, dict):
        states = definition.get("States")
        if "StartAt" in definition and isinstance(states, dict):
            yield from states
        for member in definition.values():
            yield from state_names(member)


@dataclass(frozen=True)
class Report:
    """What was found in a number of definitions.

    Attributes:
        checked: How many there were.
        largest: The bytes of the largest.
        longest_name: The characters of the longest state name.
        broken: What is wrong, one line each; empty when nothing is.
    """

    checked: int
    largest: int
    longest_name: int
    broken: Sequence[str]

    def __str__(self) -> str:
        """The figures beside their limits."""
        return (
            f"{self.checked} state machine definitions checked: the largest has "
            f"{self.largest:,} of {MOST_DEFINITION_BYTES:,} bytes, the longest state name "
            f"{self.longest_name} of {MOST_CHARACTERS} characters"
        )


def check(folder: Path) -> Report:
    """Check each definition in a folder: against the validator, and against the limits."""
    sizes, names, broken = [0], [0], []
    paths = sorted(folder.glob("*.json"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        sizes.append(len(text.encode()))
        if sizes[-1] > MOST_DEFINITION_BYTES:
            broken.append(
                f"{path.name}: has {sizes[-1]:,} bytes; allowed: {MOST_DEFINITION_BYTES:,}"
            )
        for name in state_names(json.loads(text)):
            names.append(len(name))
            if names[-1] > MOST_CHARACTERS:
                broken.append(f"{path.name}: state {name}: more than {MOST_CHARACTERS} characters")
    if paths:
        command = [str(ASL_VALIDATOR)]
        for path in paths:
            command += ["--json-path", path.name]
        run = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
        if run.returncode:
            broken.append(run.stdout + run.stderr)
    return Report(len(paths), max(sizes), max(names), broken)


def main() -> int:
    """Check the assembly; 0 when it has state machines and all of them are valid."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script's name and its one argument
        print("usage: python tools/validate_definitions.py ASSEMBLY", file=sys.stderr)
        return 2
    assembly = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name, definition in definitions(assembly):
            Path(folder, f"{name}.json").write_text(json.dumps(definition), encoding="utf-8")
        report = check(Path(folder))
    for line in report.broken:
        print(line)
    if not report.checked:
        print(f"{assembly} has no state machine to check.", file=sys.stderr)
        return 1
    print(report)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
