"""The model that training starts from: a hub model, a package, a checkpoint or another trainer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from constructs_trainers.values.arns import is_arn, package_group
from constructs_trainers.values.s3 import is_s3_uri
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe


class SourceTrainer(Protocol):
    """What a trainer must know of the one whose model it goes on training from."""

    @property
    def base_model_name(self) -> str:
        """The hub's name of the base model."""
        ...

    @property
    def model_package_group(self) -> tuple[str, str] | None:
        """Name and ARN of the group that models are registered in; None for no group."""
        ...

    @property
    def resolved_recipe(self) -> ResolvedRecipe:
        """The recipe after all layers."""
        ...

    @property
    def training_job_request(self) -> dict[str, Any]:
        """The CreateTrainingJob request of an execution without input."""
        ...


@dataclass(frozen=True, kw_only=True)
class ModelSource:
    """What a trainer's ``model`` means.

    Attributes:
        base_model: The hub's name, or an alias, of the model that the recipe is for.
        package_arn: The model package to go on training from.
        package_group: Name and ARN of the group that the package is in, as far as they are known.
        checkpoint: S3 URI of the checkpoint to go on training from.
        trainer: The trainer whose model package each execution names to go on from.
    """

    base_model: str
    package_arn: str | None = None
    package_group: tuple[str, str] | None = None
    checkpoint: str | None = None
    trainer: SourceTrainer | None = None

    @property
    def from_execution(self) -> bool:
        """Whether each execution names the model package to go on from."""
        return self.trainer is not None

    @property
    def has_accepted_eula(self) -> bool:
        """Whether the licence was accepted when the package was trained."""
        return self.package_arn is not None or self.from_execution


def model_source(
    model: Any,  # noqa: ANN401 - as the prop
    base_model_name: str | None,
) -> ModelSource:
    """The source that the props name, once nothing is wrong with them.

    Args:
        model: The prop ``model``.
        base_model_name: The prop of that name.
    """
    base_model = base_model_name or ""
    if hasattr(model, "resolved_recipe"):
        return ModelSource(
            base_model=model.base_model_name,
            package_group=model.model_package_group,
            trainer=model,
        )
    if hasattr(model, "attr_model_package_arn"):
        return ModelSource(base_model=base_model, package_arn=model.attr_model_package_arn)
    if is_s3_uri(model):
        return ModelSource(base_model=base_model, checkpoint=model)
    if is_arn(model) or is_token(model):
        # Continued training registers its model beside the one it started from.
        group = package_group(model)
        return ModelSource(base_model=base_model, package_arn=model, package_group=group)
    return ModelSource(base_model=model)
