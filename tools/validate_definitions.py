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
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ASL_VALIDATOR = ROOT / "node_modules" / ".bin" / "asl-validator"

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


def definitions(assembly: Path) -> Iterator[tuple[str, Any]]:
    """Each state machine of ``assembly``: its template and logical id, and its definition."""
    for template_path in sorted(assembly.rglob("*.template.json")):
        template = json.loads(template_path.read_text(encoding="utf-8"))
        stack = template_path.name.removesuffix(".template.json")
        for logical_id, resource in template.get("Resources", {}).items():
            if resource["Type"] != "AWS::StepFunctions::StateMachine":
                continue
            properties = resource["Properties"]
            definition = properties.get("Definition")
            if definition is None:
                definition = json.loads(resolve(properties["DefinitionString"]))
            yield f"{stack}.{logical_id}", resolve(definition)


def main() -> int:
    """Check the assembly; 0 when it has state machines and all of them are valid."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script's name and its one argument
        print("usage: python tools/validate_definitions.py ASSEMBLY", file=sys.stderr)
        return 2
    assembly = Path(sys.argv[1])
    command = [str(ASL_VALIDATOR)]
    with tempfile.TemporaryDirectory() as folder:
        for name, definition in definitions(assembly):
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(definition), encoding="utf-8")
            command += ["--json-path", path.name]
        if len(command) == 1:
            print(f"{assembly} has no state machine to check.", file=sys.stderr)
            return 1
        return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
