"""Tags of ``Tags.of(scope)``, which the CDK puts on resources, on jobs too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from constructs import IValidation

from constructs_trainers.jobs.request.limits import training_job_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


JOB_TYPE = "AWS::SageMaker::TrainingJob"
"""What tag filters (``include_resource_types``) call a job. CloudFormation has no such resource."""


@jsii.implements(cdk.IStableAnyProducer, IValidation)
class JobTags:
    """All tags of a trainer's jobs: its own, and those that aspects set before synthesis.

    A tag of the prop ``tags`` wins over one of the same key from a scope.
    """

    def __init__(
        self, own: Sequence[Mapping[str, str]], manager: cdk.TagManager, *, reserved: int = 0
    ) -> None:
        self._own = own
        self._manager = manager
        self._reserved = reserved

    def produce(self) -> list[object]:
        """The request's Tags, as they stand in the definition."""
        return [dict(tag) for tag in self._all()]

    def validate(self) -> list[str]:
        """What is wrong with all tags together, once the scopes' are known."""
        problems = training_job_problems({"Tags": self._all()}, reserved_tags=self._reserved)
        return [str(replace(problem, path=_of_props(problem.path))) for problem in problems]

    def _all(self) -> list[Mapping[str, str]]:
        taken = {tag["Key"] for tag in self._own}
        found = sorted(self._manager.tag_values().items())
        return [*self._own, *({"Key": k, "Value": v} for k, v in found if k not in taken)]


def _of_props(path: str) -> str:
    return f"tags{path.removeprefix('Tags')}"
