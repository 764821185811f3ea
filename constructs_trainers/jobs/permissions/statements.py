"""Statements of IAM policies, and what they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from constructs_trainers.values.s3 import literal_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from constructs_trainers.values.arns import Environment
    from constructs_trainers.values.s3 import S3Place


Conditions = dict[str, dict[str, object]]
"""Operator to key to what the key is held against."""


@dataclass(frozen=True)
class Statement:
    """One statement of an IAM policy that allows something.

    Attributes:
        actions: The actions, with their service's prefix.
        resources: ARNs, which may hold CDK tokens.
        conditions: Operator to key to values; empty for none.
        reason: What the statement is for, in words.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    reason: str = ""

    def to_json(self) -> dict[str, object]:
        """The statement as a policy document holds it: one value stands without a list."""
        statement: dict[str, object] = {
            "Effect": "Allow",
            "Action": _one_or_list(self.actions),
            "Resource": _one_or_list(self.resources),
        }
        if self.conditions:
            statement["Condition"] = {k: dict(v) for k, v in self.conditions.items()}
        return statement


def _one_or_list(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


@dataclass(frozen=True)
class Access:
    """Where the actions of a permission are needed.

    Attributes:
        resources: ARNs, which may hold CDK tokens.
        conditions: Operator to key to values; empty for none.
    """

    resources: Sequence[str]
    conditions: Conditions = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """The trainer whose model each execution goes on training from.

    Attributes:
        model_packages: ARN, with a wildcard, of the packages that its jobs register; None for
            none.
        output_data_config: Where its jobs write.
    """

    model_packages: str | None
    output_data_config: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PermissionContext:
    """A job as far as permissions are read off it: its request, and what that does not say.

    Attributes:
        environment: Partition, region and account.
        request: The CreateTrainingJob request, or as much of it as is asked about.
        job_name_stem: What job names begin with, or ``""`` when only the deployment knows.
        model_packages: ARN, with a wildcard, of the packages in the request's group.
        reward_lambda_arn: The Lambda function that scores answers, or None.
        registers_evaluator: Whether that function is registered before the job.
        upstream: The trainer that the job goes on from, or None.
        runtime_data: S3 URIs and DataSet ARNs that executions may name in place of the request's.
        runtime_model_packages: ARNs, with wildcards, of model packages that they may name.
        runs_job: Whether Step Functions itself waits for the job (``.sync``).
        read_keys: ARNs of the keys of buckets that are read.
        written_keys: ARNs of the keys of buckets that are written.
        key_arns: ARNs of keys that are given as constructs: tokens, but certainly ARNs of keys.
        locate: Takes an S3 URI apart. The default knows URIs that begin literally.
    """

    environment: Environment
    request: Mapping[str, Any] = field(default_factory=dict)
    job_name_stem: str = ""
    model_packages: str = ""
    reward_lambda_arn: str | None = None
    registers_evaluator: bool = False
    upstream: Upstream | None = None
    runtime_data: Sequence[str] = ()
    runtime_model_packages: Sequence[str] = ()
    runs_job: bool = False
    read_keys: Sequence[str] = ()
    written_keys: Sequence[str] = ()
    key_arns: Sequence[str] = ()
    locate: Callable[[str], S3Place] = literal_place


Asked = TypeVar("Asked")
"""What asks for a permission: a job, or a state of a workflow."""


@dataclass(frozen=True, kw_only=True)
class Permission(Generic[Asked]):
    """One row of the table of permissions.

    Attributes:
        member: What asks for it, such as a member of the request.
        actions: What is allowed.
        resources: On what, in words.
        source: Where it is documented that it is needed.
        find: Finds where it is needed, as ARNs or with conditions: nowhere when nothing asks.
    """

    member: str
    actions: tuple[str, ...]
    resources: str
    source: str
    find: Callable[[Asked], Iterable[Access | str]]


def statements_of(table: Sequence[Permission[Asked]], asked: Asked) -> list[Statement]:
    """The statements of a table."""
    found: list[Statement] = []
    for row in table:
        reason = f"{row.member}: {row.resources}"
        for place in row.find(asked):
            access = Access([place]) if isinstance(place, str) else place
            found.append(Statement(row.actions, access.resources, access.conditions, reason))
    return found


def everywhere(_job: PermissionContext) -> list[str]:
    """For what IAM keeps apart by no resource."""
    return ["*"]


def everywhere_with(path: str) -> Callable[[PermissionContext], list[str]]:
    """For what IAM keeps apart by no resource, if the request has a member."""
    return lambda job: ["*"] if any(values_at(job.request, path)) else []


def named_at(path: str) -> Callable[[PermissionContext], list[str]]:
    """Finds what stands at some path of the request, such as an ARN."""
    return lambda job: values_at(job.request, path)


def values_at(request: Mapping[str, Any], path: str) -> list[Any]:
    """What stands at some path of a request: several values where it leads through a list."""
    values: list[Any] = [request]
    for name in path.split("."):
        parts = [part[name] for part in values if name in part]
        values = [
            item for part in parts for item in (part if isinstance(part, (list, tuple)) else [part])
        ]
    return values


def service_actions(service: str, *names: str) -> tuple[str, ...]:
    """Actions with their service's prefix."""
    return tuple(f"{service}:{name}" for name in names)


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, those of one kind as one.

    Two statements are one if they differ in their resources only, or in the values of their only
    condition only: IAM takes any of several values.
    """
    return [
        _any_value(same)
        for same in _grouped(
            _widened(statements), lambda one: (tuple(one.resources), _only_test(one) or id(one))
        )
    ]


def policy_document(statements: Iterable[Statement]) -> dict[str, Any]:
    """The statements as a policy: what they are for is not in it.

    Statements are one if they differ in their resources only, or in their actions only.
    """
    plain = [replace(statement, reason="") for statement in statements]
    same_place = _groups(
        _widened(plain), lambda one: (tuple(one.resources), _hashable(one.conditions))
    )
    wide = [
        replace(same[0], actions=_once(action for one in same for action in one.actions))
        for same in same_place
    ]
    return {"Version": "2012-10-17", "Statement": [one.to_json() for one in wide]}


def shared_document(statements: Iterable[Statement]) -> dict[str, Any]:
    """The statements of several askers as a policy, as short as it gets."""
    return policy_document(merged(replace(statement, reason="") for statement in statements))


def _widened(statements: Iterable[Statement]) -> list[Statement]:
    return [
        replace(same[0], resources=_once(arn for one in same for arn in one.resources))
        for same in _grouped(statements, lambda one: _hashable(one.conditions))
    ]


def _grouped(
    statements: Iterable[Statement], kind: Callable[[Statement], object]
) -> Iterable[Sequence[Statement]]:
    return _groups(statements, lambda one: (tuple(one.actions), one.reason, kind(one)))


def _groups(
    statements: Iterable[Statement], kind: Callable[[Statement], object]
) -> Iterable[Sequence[Statement]]:
    groups: dict[object, list[Statement]] = {}
    for one in statements:
        groups.setdefault(kind(one), []).append(one)
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
