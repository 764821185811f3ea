"""Statements that allow the same in fewer words.

The inline policies of a role share 10,240 characters (IAM user guide, "IAM and STS quotas"), which
the data of many runs would soon fill.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.jobs.permissions.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, those of one kind as one.

    Two statements are one if they differ in their resources only, or in the values of their only
    condition only: IAM takes any of several values.

    Args:
        statements: What is allowed.
    """
    wide = [
        Statement(
            same[0].actions,
            _once(arn for one in same for arn in one.resources),
            same[0].conditions,
            same[0].reason,
        )
        for same in _grouped(statements, lambda one: _hashable(one.conditions))
    ]
    return [
        _any_value(same)
        for same in _grouped(wide, lambda one: (tuple(one.resources), _only_test(one) or id(one)))
    ]


def _grouped(
    statements: Iterable[Statement], kind: Callable[[Statement], object]
) -> Iterable[Sequence[Statement]]:
    groups: dict[object, list[Statement]] = {}
    for one in statements:
        groups.setdefault((tuple(one.actions), one.reason, kind(one)), []).append(one)
    return groups.values()


def _only_test(statement: Statement) -> tuple[str, str] | None:
    """Operator and key of a statement's only condition."""
    tests = [(operator, key) for operator, keys in statement.conditions.items() for key in keys]
    return tests[0] if len(tests) == 1 else None


def _any_value(same: Sequence[Statement]) -> Statement:
    first = same[0]
    test = _only_test(first)
    if test is None or len(same) == 1:
        return first
    operator, key = test
    found = [one.conditions[operator][key] for one in same]
    listed = [value if isinstance(value, list) else [value] for value in found]
    values = list(dict.fromkeys(value for values in listed for value in values))
    return Statement(first.actions, first.resources, {operator: {key: values}}, first.reason)


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _hashable(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple((name, _hashable(item)) for name, item in value.items())
    return tuple(value) if isinstance(value, list) else value
