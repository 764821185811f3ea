"""The messages of problems as they are written in the sources, read from their syntax."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "message"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class WrittenMessage:
    """A message in a source.

    Attributes:
        module: The source's path in the package, such as ``jobs/job_retry.py``.
        text: The message, with ``{}`` where a value stands.
    """

    module: str
    text: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the message with any values."""
        parts = [re.escape(part) for part in self.text.split("{}")]
        return re.compile("(?s:.*)".join(parts))


def written_messages(package: Path, rooms: tuple[str, ...]) -> set[WrittenMessage]:
    """Every message that is written out in the rooms of the package.

    These are given as ``message``, by keyword or by place, assigned to a variable of that name,
    or a constant of the module that is given so.

    Args:
        package: The package's folder.
        rooms: The names of folders in it.
    """
    files = [file for room in rooms for file in sorted((package / room).rglob("*.py"))]
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    everywhere = dict(place for tree in trees.values() for place in _places(tree))
    return {
        WrittenMessage(module=file.relative_to(package).as_posix(), text=text)
        for file, tree in trees.items()
        for node in _given(tree, {**everywhere, **dict(_places(tree))})
        for text in _texts(node, _constants(tree))
        if text.replace("{}", "").strip(" :'")
    }


def _places(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that take a message, and the place of the argument."""
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            if NAME in names:
                yield node.name, names.index(NAME)


def _given(tree: ast.Module, places: dict[str, int]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == NAME:
            yield node.value
        elif isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else None
            name = function.id if isinstance(function, ast.Name) else name
            place = places.get(name or "", len(node.args))
            yield from node.args[place : place + 1]
        elif isinstance(node, ast.Assign):
            yield from _assigned(node.targets[0], node.value)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == NAME:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _assigned(one, other)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            found[ast.unparse(node.target)] = node.value
        elif isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = node.value
    return found


def _texts(node: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """What an expression of text may be, with ``{}`` for what only a run knows."""
    found = ["{}"]
    match node:
        case ast.Constant(value=str(text)):
            found = [text]
        case ast.JoinedStr(values=parts):
            found = _joined([_texts(part, constants) for part in parts])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = _joined([_texts(left, constants), _texts(right, constants)])
        case ast.IfExp(body=body, orelse=other):
            found = _texts(body, constants) + _texts(other, constants)
        case ast.FormattedValue(value=ast.IfExp() as value, format_spec=None, conversion=-1):
            found = _texts(value, constants)
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.Name(id=name) if name in constants:
            found = _texts(constants[name], constants)
    return found


def _joined(parts: list[list[str]]) -> list[str]:
    texts = [""]
    for part in parts:
        texts = [text + more for text in texts for more in part]
    return texts
