"""What the optimized integration of Step Functions is known to take of a CreateTrainingJob request.

It has had a list of its own of the API's members, and refused others, those inside of members too
(aws-cdk #10014); today's documentation has no such list. Known are the members that the CDK's
SageMakerCreateTrainingJob sends, those that the AWS Step Functions Data Science SDK sends
(``TrainingStep``), and CheckpointConfig.S3Uri, which its issue 86 reports to work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

TAGS_OF_RUN_JOB: Final = 1
"""How many tags Step Functions adds to a job that it waits for: ``MANAGED_BY_AWS``."""

# Members by name, each with those inside of it; None where everything inside is a value.
_Members = Mapping[str, "_Members | None"]


def _all(names: str) -> _Members:
    return dict.fromkeys(names.split())


_KNOWN: Final[_Members] = {
    **_all("EnableManagedSpotTraining EnableNetworkIsolation RoleArn TrainingJobName"),
    # Maps of a user's own keys, and what the Data Science SDK hands on as it is.
    **_all("Environment HyperParameters DebugHookConfig DebugRuleConfigurations"),
    "AlgorithmSpecification": _all(
        "AlgorithmName MetricDefinitions TrainingImage TrainingInputMode"
    ),
    "CheckpointConfig": _all("S3Uri"),
    "ExperimentConfig": _all("ExperimentName TrialComponentDisplayName TrialName"),
    "InputDataConfig": {
        **_all("ChannelName CompressionType ContentType InputMode RecordWrapperType"),
        "DataSource": {
            "S3DataSource": _all("AttributeNames S3DataDistributionType S3DataType S3Uri"),
        },
    },
    "OutputDataConfig": _all("KmsKeyId S3OutputPath"),
    "ResourceConfig": _all("InstanceCount InstanceType VolumeKmsKeyId VolumeSizeInGB"),
    "StoppingCondition": _all("MaxRuntimeInSeconds MaxWaitTimeInSeconds"),
    "Tags": _all("Key Value"),
    "VpcConfig": _all("SecurityGroupIds Subnets"),
}


def members_not_known_to_be_taken(request: Mapping[str, object]) -> list[str]:
    """The members of a request that the optimized integration may refuse.

    Returns:
        Their paths without indexes, such as ``ResourceConfig.InstanceGroups``, each once, in the
        request's order. Of a member that is not known itself nothing inside is named.
    """
    return list(dict.fromkeys(_unknown(request, _KNOWN, "")))


def _unknown(value: object, known: _Members | None, path: str) -> Iterator[str]:
    if known is None:
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _unknown(item, known, path)
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            where = f"{path}.{name}" if path else name
            if name in known:
                yield from _unknown(inner, known[name], where)
            else:
                yield where
