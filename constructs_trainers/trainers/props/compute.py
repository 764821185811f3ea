"""Instances of one's own for a training job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.api_members import api_members
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.values.resource_names import key_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_kms import IKey

_DEFAULT_VOLUME = 30
_NOT_IN_RESOURCE_CONFIG = ("volume_kms_key", "enable_managed_spot_training")


@dataclass(frozen=True, kw_only=True)
class InstanceGroup:
    """One kind of instance in a job of several; the API's InstanceGroup.

    Attributes:
        instance_group_name: What channels call the group.
        instance_type: Such as ``ml.p5.48xlarge``.
        instance_count: How many of them.
    """

    instance_group_name: str
    instance_type: str
    instance_count: int


@dataclass(frozen=True, kw_only=True)
class InstancePreference:
    """An instance type that the job may get; the API's InstancePreference.

    Attributes:
        instance_type: Such as ``ml.p5.48xlarge``.
        instance_count: How many of this type. Default: the compute's count.
        training_plan_arns: A training plan for this type. Default: none.
    """

    instance_type: str
    instance_count: int | None = None
    training_plan_arns: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class TrainingJobCompute:
    """Instances of one's own; the SageMaker Python SDK's ``TrainingJobCompute``.

    Its members are those of the API's ResourceConfig.

    Attributes:
        instance_type: Such as ``ml.p5.48xlarge``. Exclusive with ``instance_groups`` and
            ``instance_preferences``.
        instance_count: How many instances. Default: 1, but for groups and preferences, which
            have counts of their own.
        volume_size_in_gb: Size of each instance's volume in GB. Default: 30.
        volume_kms_key_id: Id, ARN or alias of the key that volumes are encrypted with. Default:
            a key of the service. Exclusive with ``volume_kms_key``.
        volume_kms_key: The same as a construct.
        keep_alive_period_in_seconds: How long instances are kept warm after the job, at most six
            hours. Default: they are not.
        enable_managed_spot_training: Whether spot instances are used; takes
            ``StoppingCondition.max_wait_time_in_seconds``. Default: no.
        instance_groups: Several kinds of instances.
        instance_preferences: Up to five types, of which the job gets what is there.
        training_plan_arn: The training plan whose capacity is used. Default: none.
    """

    instance_type: str | None = None
    instance_count: int | None = None
    volume_size_in_gb: int = _DEFAULT_VOLUME
    volume_kms_key_id: str | None = None
    volume_kms_key: IKey | None = None
    keep_alive_period_in_seconds: int | None = None
    enable_managed_spot_training: bool = False
    instance_groups: Sequence[InstanceGroup] | None = None
    instance_preferences: Sequence[InstancePreference] | None = None
    training_plan_arn: str | None = None

    @property
    def key_id(self) -> str | None:
        """The key of the volumes, as the API takes it."""
        key = self.volume_kms_key
        return self.volume_kms_key_id if key is None else key.key_arn

    @property
    def count(self) -> int | None:
        """How many instances the job gets, or None when that depends on the type it gets."""
        if self.instance_groups:
            counts = [group.instance_count for group in self.instance_groups]
            return None if any(map(is_token, counts)) else sum(counts)
        if self.instance_count is None and self.instance_preferences:
            wanted = {preference.instance_count for preference in self.instance_preferences}
            return wanted.pop() if len(wanted) == 1 else None
        return 1 if self.instance_count is None else self.instance_count

    @property
    def instance_types(self) -> list[tuple[str, str]]:
        """Every instance type that the job may get, with the path of the prop that names it."""
        if self.instance_type is not None:
            return [("compute.instance_type", self.instance_type)]
        groups = [item.instance_type for item in self.instance_groups or ()]
        preferences = [item.instance_type for item in self.instance_preferences or ()]
        return [
            (f"compute.{name}[{index}].instance_type", instance_type)
            for name, types in (("instance_groups", groups), ("instance_preferences", preferences))
            for index, instance_type in enumerate(types)
        ]

    def to_api(self) -> dict[str, object]:
        """The ResourceConfig of the request."""
        with_key = replace(self, volume_kms_key_id=self.key_id)
        if self.instance_groups is None and self.instance_preferences is None:
            with_key = replace(with_key, instance_count=self.count)
        return api_members(with_key, leave_out=_NOT_IN_RESOURCE_CONFIG)

    def problems(self) -> list[Problem]:
        """What is wrong with the members, but for what the API's model knows."""
        found: list[Problem] = []
        if not (self.instance_type or self.instance_groups or self.instance_preferences):
            fix = "give instance_type, such as 'ml.p5.48xlarge'"
            found.append(Problem(path="compute.instance_type", message="is required", fix=fix))
        if self.instance_count == 0:
            message, got = "a job needs an instance", short_repr(self.instance_count)
            found.append(
                Problem(
                    path="compute.instance_count", message=message, got=got, allowed="1 or more"
                )
            )
        if self.volume_kms_key is not None and self.volume_kms_key_id is not None:
            found.append(exclusive("compute.volume_kms_key", "volume_kms_key_id"))
        if self.volume_kms_key_id is not None:
            found += key_problems("compute.volume_kms_key_id", self.volume_kms_key_id)
        return found
