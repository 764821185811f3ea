"""What the optimized integration of Step Functions is known to take of a CreateTrainingJob request.

It has had a list of its own of the API's members, and refused others when the machine was deployed
or run; today's documentation has no such list. Known are those that the CDK's own
SageMakerCreateTrainingJob sends, and managed spot training, which its documentation once named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TAGS_OF_RUN_JOB: Final = 1
"""How many tags Step Functions adds to a job that it waits for: ``MANAGED_BY_AWS``."""

_KNOWN: Final = frozenset(
    {
        "AlgorithmSpecification",
        "EnableManagedSpotTraining",
        "EnableNetworkIsolation",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
        "OutputDataConfig",
        "ResourceConfig",
        "RoleArn",
        "StoppingCondition",
        "Tags",
        "TrainingJobName",
        "VpcConfig",
    }
)


def members_not_known_to_be_taken(request: Iterable[str]) -> list[str]:
    """The members of a request that the optimized integration may refuse.

    Args:
        request: The request, or the names of its members.
    """
    return [name for name in request if name not in _KNOWN]
