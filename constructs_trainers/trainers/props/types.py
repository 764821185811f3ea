"""The types of props and of the members of their groups, read off the annotations.

Not every app has a type checker. A member's annotation is the one place that says what it takes;
it is read here, once, and everything behind may trust it.
"""

from __future__ import annotations

import ast
import math
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Group = TypeVar("Group")
Item = TypeVar("Item")

STAND_IN: Final = "${Token[ConstructsTrainers.WrongType.0]}"
"""Stands in for text of a wrong type, so that all else can still be checked: a token like the
CDK's, which every check lets through."""
_NUMBER_STAND_IN: Final = -1.8881545897087626e289

# What tells a construct: jsii hands interfaces of the CDK over as proxies of other types.
_CONSTRUCTS: Final = {
    "BaseTrainer": "resolved_recipe",
    "SourceTrainer": "resolved_recipe",
    "CfnModelPackage": "attr_model_package_arn",
    "CfnModelPackageGroup": "attr_model_package_group_arn",
    "Construct": "node",
    "IBucket": "bucket_name",
    "IEfsFileSystem": "file_system_id",
    "IEventBus": "event_bus_arn",
    "IFsxFileSystem": "file_system_id",
    "IFunction": "function_arn",
    "IKey": "key_arn",
    "IQueue": "queue_arn",
    "IRole": "grant_principal",
    "ISecurityGroup": "security_group_id",
    "ITopic": "topic_arn",
    "IVpc": "select_subnets",
    "SubnetSelection": "subnet_type",
}
_WORDS: Final = {
    "BaseTrainer": "a trainer",
    "Compute": "a TrainingJobCompute",
    "SourceTrainer": "another trainer",
    "Construct": "a construct",
    "IEfsFileSystem": "an IFileSystem",
    "IFsxFileSystem": "an IFileSystem",
    "Mapping": "a mapping of names to values",
    "PathLike": "a path",
    "bool": "True or False",
    "float": "a number",
    "int": "a whole number",
    "str": "text",
}
# Names for unions, as they are where they are defined.
_UNIONS: Final = {
    "DataSource": "str | S3DataSource | FileSystemDataSource | DatasetSource",
    "PipelineStage": "Stage | Sweep | Parallel",
    "RunData": "Mapping[str, str | Expression] | Sequence[Channel]",
}
_NAME: Final = re.compile(r"\w+")
# Classes of other libraries that have the name of one of ours are none.
_HOMES: Final = frozenset({"constructs_trainers", "aws_cdk", "builtins"})


def type_problems(group: object, path: str = "") -> list[Problem]:
    """The members of a group, and of groups inside it, that are of a wrong type.

    Args:
        group: A dataclass, whose annotations say what its members take.
        path: Where it was given; empty for a trainer's props.
    """
    return list(_problems(group, path))


def with_stand_ins(group: Group) -> Group:
    """The group with stand-ins for what is of a wrong type: defaults, or a token for text.

    Args:
        group: A dataclass; groups inside it are gone through too.
    """
    known: dict[str, Any] = {}
    for field in fields(group):  # type: ignore[arg-type]
        kind = _parsed(str(field.type))
        value = _known(getattr(group, field.name), kind)
        if not _fits(value, kind):
            value = _stand_in(kind) if field.default is MISSING else field.default
        known[field.name] = value
    return replace(group, **known)  # type: ignore[type-var]


def is_missing(group: object, path: str) -> bool:
    """Whether a path of props leads to nothing that was given.

    Args:
        group: The props, or a group.
        path: The path, such as ``compute.instance_groups[0].instance_type``.
    """
    value: Any = group
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        if index and isinstance(value, (list, tuple)):
            value = value[int(index)] if int(index) < len(value) else None
        else:
            value = getattr(value, name, None) if name else None
    return value is None


def leads_into(path: str, other: str) -> bool:
    """Whether a path of props is that of something in, or the same as, what another leads to."""
    return other == path or other.startswith((f"{path}.", f"{path}["))


def right_items(
    name: str, items: Sequence[Item], wrong_types: Sequence[Problem]
) -> list[tuple[str, Item]]:
    """The items of a list, each with its path, that have nothing of a wrong type in them."""
    paths = [problem.path for problem in wrong_types]
    if name in paths:
        return []
    located = [(f"{name}[{index}]", item) for index, item in enumerate(items)]
    return [pair for pair in located if not any(leads_into(pair[0], path) for path in paths)]


def _problems(group: object, path: str) -> Iterator[Problem]:
    for field in fields(group):  # type: ignore[arg-type]
        value, kind = getattr(group, field.name), _parsed(str(field.type))
        where = f"{path}.{field.name}" if path else field.name
        yield from _value_problems(where, value, kind)


def _value_problems(path: str, value: object, kind: ast.expr) -> Iterator[Problem]:
    item = _item_of(kind)
    if item is not None and isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            yield from _value_problems(f"{path}[{index}]", each, item)
    elif not _fits(value, kind):
        yield Problem(
            path=path,
            message="has the wrong type",
            got=_got(value, _words(kind)),
            allowed=_words(kind),
            fix=_fix(value, kind),
        )
    elif _is_group(value):
        yield from _problems(value, path)


def _known(value: object, kind: ast.expr) -> object:
    """A value of the right type, with stand-ins for what is wrong inside of it."""
    if _is_group(value):
        return with_stand_ins(value)
    item = _item_of(kind)
    if item is not None and isinstance(value, (list, tuple)):
        known = [_known(each, item) for each in value]
        return [each if _fits(each, item) else _stand_in(item) for each in known]
    return value


@cache
def _parsed(annotation: str) -> ast.expr:
    whole = _NAME.sub(lambda name: _UNIONS.get(name[0], name[0]), annotation)
    return ast.parse(whole, mode="eval").body


def _is_group(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type) and _is_ours(type(value))


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "constructs_trainers"


def _item_of(kind: ast.expr) -> ast.expr | None:
    """What the items of a list are; None for what takes no list."""
    match kind:
        case ast.BinOp(left=one, right=other):
            return _item_of(one) or _item_of(other)
        case ast.Subscript(value=ast.Name(id="Sequence"), slice=item):
            return item
        case _:
            return None


def _fits(value: object, kind: ast.expr) -> bool:
    match kind:
        case ast.BinOp(left=one, right=other):
            return _fits(value, one) or _fits(value, other)
        case ast.Constant(value=literal):
            return value is None if literal is None else isinstance(value, str) and value == literal
        case ast.Subscript(value=ast.Name(id="Sequence"), slice=item):
            # A string is a sequence of letters, and a set has another order in every process.
            return isinstance(value, (list, tuple)) and all(_fits(each, item) for each in value)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=literal):
            return _fits(value, literal)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return isinstance(value, Mapping if name == "Mapping" else os.PathLike)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _is_a(value, name)
        case _:
            raise TypeError(ast.unparse(kind))


def _is_a(value: object, name: str) -> bool:
    if name in _CONSTRUCTS:
        return hasattr(value, _CONSTRUCTS[name]) and not isinstance(value, type)
    if name in {"int", "float"}:
        return _is_number(value, whole=name == "int")
    bases = type(value).__mro__
    return name in {b.__name__ for b in bases if b.__module__.partition(".")[0] in _HOMES}


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(value, int) or is_number_token(value):
        return True
    return not whole and math.isfinite(value)


def _stand_in(kind: ast.expr) -> object:
    stand_ins = (STAND_IN, _NUMBER_STAND_IN)
    return next((each for each in stand_ins if _fits(each, kind)), None)


def _got(value: object, allowed: str) -> str:
    """The value with its type; of a class that is only called like the right one its home too."""
    kind = type(value)
    name = kind.__name__
    if name in allowed.split() and not _is_ours(kind):
        name = f"{kind.__module__}.{name}"
    text = short_repr(value)
    return text if text.startswith(name) else f"{name} {text}"


def _fix(value: object, kind: ast.expr) -> str | None:
    """What a likely slip was meant to be."""
    item = _item_of(kind)
    if item is not None and _fits(value, item):
        return f"write [{_as_written(value)}]"
    found = {name.id for name in ast.walk(kind) if isinstance(name, ast.Name)}
    names = {"TrainingJobCompute" if name == "Compute" else name for name in found}
    groups = names - _CONSTRUCTS.keys() - _WORDS.keys() - {"Sequence", "Literal"}
    if isinstance(value, Mapping) and len(groups) == 1:
        # As the SDK has it for some of its groups.
        return f"write {groups.pop()}({', '.join(f'{name}=...' for name in map(str, value))})"
    if isinstance(value, str) and {"Mapping", "Channel"} <= names:
        return f"write {{'train': {short_repr(value)}}}"
    return _fix_of_construct(value, names)


def _fix_of_construct(value: Any, names: set[str]) -> str | None:  # noqa: ANN401 - anything
    """What an object of ours, or of the CDK, was meant to be."""
    if hasattr(value, "resolved_recipe") and "Stage" in names:
        return "write Stage(trainer=...)"
    if hasattr(value, "to_seconds") and "int" in names:
        return "write int(duration.to_seconds())"
    if hasattr(value, "is_burstable") and "str" in names:
        return f"write 'ml.{value.to_string()}'"
    return None


def _as_written(value: object) -> str:
    return f"{type(value).__name__}(...)" if _is_group(value) else short_repr(value)


def _words(kind: ast.expr) -> str:
    return _listed(_alternatives(kind))


def _listed(texts: Iterable[str]) -> str:
    *others, last = dict.fromkeys(texts)
    return f"{', '.join(others)} or {last}" if others else last


def _alternatives(kind: ast.expr) -> Iterator[str]:
    match kind:
        case ast.BinOp(left=one, right=other):
            yield from _alternatives(one)
            yield from _alternatives(other)
        case ast.Constant(value=None):
            return  # it may be left out
        case ast.Constant(value=literal):
            yield repr(literal)
        case ast.Subscript(value=ast.Name(id="Sequence"), slice=item):
            kinds = (each.removeprefix("an ").removeprefix("a ") for each in _alternatives(item))
            yield f"a list of {_listed(kinds)}"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=literal):
            yield from _alternatives(literal)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            yield _WORDS[name]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            article = "an" if name[0] in "AEIO" or name.startswith("S3") else "a"
            yield _WORDS.get(name) or f"{article} {name}"
        case _:
            raise TypeError(ast.unparse(kind))
