"""Jobs on instances of one's own: an image, its compute, and everything the API takes with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.request import TrainingJob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.jobs.request.request import Block


@dataclass(frozen=True, kw_only=True)
class OwnInstancesJob(TrainingJob):
    """A job on instances of one's own.

    Attributes:
        training_image: The container image.
        resource_config: ResourceConfig.
        settings: Other members of the request, such as Environment or CheckpointConfig.
    """

    training_image: str
    resource_config: Mapping[str, object]
    settings: Mapping[str, object] = field(default_factory=dict)

    def compute_blocks(self) -> Block:
        """AlgorithmSpecification, ResourceConfig and the other settings."""
        return {
            "AlgorithmSpecification": {
                "TrainingImage": self.training_image,
                "TrainingInputMode": "File",
            },
            "ResourceConfig": dict(self.resource_config),
            **self.settings,
        }
