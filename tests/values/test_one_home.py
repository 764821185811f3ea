"""S3 URIs, ARNs, images and names of jobs are taken apart in ``values/`` and nowhere else.

Looked at is Python that takes text apart: methods of text and of ``re``, ``Fn.split`` and ``in``.
JSONata, which takes them apart when a state machine runs, is text to Python.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_trainers.values import arns, s3

PACKAGE = Path(s3.__file__).parents[1]
METHODS = {
    *("split", "rsplit", "partition", "rpartition", "startswith", "endswith"),
    *("removeprefix", "removesuffix", "replace", "find", "index"),
    *("compile", "match", "fullmatch", "search", "sub", "findall"),
}
# What is looked for in such names, whatever the text is called that it is looked for in.
SIGN = re.compile(r"s3:/|\barn:|dkr\\?\.ecr|^:[a-zA-Z-]+[:/]|model-package|hub-content")
# What divides them, in text that is called by one of these words.
SEPARATORS = {":", "/", "-"}
CALLED = re.compile(
    r"arn|uri|s3|image|package|job_name|stem|bucket|dataset|place|location", re.IGNORECASE
)
IMPORTED = {
    "SCHEME": s3.SCHEME,
    "GROUP_MARKER": arns.GROUP_MARKER,
    "PACKAGE_MARKER": arns.PACKAGE_MARKER,
}
EXCEPTIONS = {
    "local/execution_hooks.py": "stands in for Step Functions, which names executions",
    "local/hooks.py": "a task's Resource names a call of Step Functions, and no resource",
    "trainers/props/s3_location.py": "taken apart at deployment, by functions of the CDK",
    "trainers/resources/job_resources.py": "taken apart at deployment, by functions of the CDK",
    "workflows/asl.py": "a task's Resource, whose partition is put in when the machine is made",
    "workflows/place_guard.py": "the checks of values/ as JSONata, made from their patterns",
}


def takes_apart(source: str) -> list[int]:
    """The lines of Python that take a name of AWS apart."""
    tree = ast.parse(source)
    known = {**IMPORTED, **dict(constants(tree))}
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return [node.lineno for node in expressions if is_hand_split(node, known)]


def constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
            yield target.id, str(value.value)


def is_hand_split(node: ast.expr, known: dict[str, str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=text, attr=method), args=args) if method in METHODS:
            given = [one for arg in args for one in texts(arg, known)]
            called = CALLED.search(" ".join(ast.unparse(each) for each in (text, *args[1:])))
            is_split = called is not None and bool(SEPARATORS & set(given))
            return is_split or any(map(SIGN.search, given))
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]):
            return any(map(SIGN.search, texts(left, known)))
        case _:
            return False


def texts(node: ast.expr, known: dict[str, str]) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        if isinstance(part, ast.Name) and part.id in known:
            yield known[part.id]


@pytest.mark.parametrize(
    "line",
    [
        "uri.startswith('s3://')",
        "model.startswith(('arn:', 's3://'))",
        "plan.partition(':training-plan/')",
        "locked_arn.split(':')",
        "parts = mask_tokens(arn or '').split(':')",
        "posixpath.basename(uri.removeprefix('s3://').partition('/')[2])",
        "place.endswith('/')",
        "re.compile(r'arn:[^:]*:lambda:')",
        r"re.match(r'(.+)\.dkr\.ecr\.(.+)', image)",
        "':key/' in key_id",
        "cdk.Fn.split('/', uri)",
        "_MARKER = ':hub-content/'\nvalue.partition(_MARKER)",
        "from constructs_trainers.values.s3 import SCHEME\ntext.removeprefix(SCHEME)",
        "job_name.rsplit('-', 2)",
    ],
)
def test_what_takes_a_name_apart_is_seen(line: str) -> None:
    assert takes_apart(line)


@pytest.mark.parametrize(
    "line",
    [
        "path.rpartition('/')",
        "f'arn:{partition}'",
        "is_s3_uri(uri)",
        "names.split('.')",
        "'a' in b",
    ],
)
def test_what_takes_no_name_apart_is_not(line: str) -> None:
    assert not takes_apart(line)


def test_names_of_aws_are_taken_apart_in_one_place() -> None:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        lines = takes_apart(file.read_text(encoding="utf-8"))
        if lines and not name.startswith("values/"):
            found[name] = lines
    new = {name: lines for name, lines in found.items() if name not in EXCEPTIONS}
    assert new == {}, "take this apart in a function of constructs_trainers/values"
    assert sorted(found) == sorted(EXCEPTIONS), "an exception that is none any more"
