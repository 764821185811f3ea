"""Serverless jobs: the service chooses instances and containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.request import given, serverless_members
from constructs_trainers.jobs.request.sourced import Sourced, sourced
from constructs_trainers.recipes.choice import SERVERLESS
from constructs_trainers.trainers.kinds.kind import ComputeKind
from constructs_trainers.trainers.props.job_settings import OWN_INSTANCES_PROPS
from constructs_trainers.trainers.props.networking import OF_CONTAINERS
from constructs_trainers.trainers.props.training_type import TrainingType
from constructs_trainers.values.s3 import is_s3_uri
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.allowed_input import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.recipes.choice import RecipeChoice, RecipeRules
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.kinds.base_model import BaseModel
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique


class Serverless(ComputeKind):
    """A trainer without ``compute``."""

    registers_evaluator: ClassVar[bool] = True
    registers_model: ClassVar[bool] = True
    recipe_is_fixed: ClassVar[str | None] = None
    default_stopping_condition: ClassVar[Mapping[str, int]] = {}

    def prop_problems(self, props: TrainerProps) -> list[Problem]:
        """Props that the SageMaker Python SDK takes for a serverless job and silently drops."""
        found = [
            Problem(
                path=f"networking.{name}",
                message="is not for serverless jobs: their containers are the service's",
                fix="leave it out",
            )
            for name in OF_CONTAINERS
            if getattr(props.networking, name, None)
        ]
        if props.runs_job:
            found.append(
                Problem(
                    path="integration_pattern",
                    message="is for jobs on own instances: only the AWS SDK integration is known "
                    "to take all members of a serverless job",
                    got="RUN_JOB",
                    fix="leave it out, or give compute=TrainingJobCompute(...)",
                )
            )
        return found + [
            Problem(
                path=name,
                message="has no effect on a serverless job: its containers are the service's",
                got=short_repr(getattr(props, name)),
                fix="leave it out, or give compute=TrainingJobCompute(...)",
            )
            for name in OWN_INSTANCES_PROPS
            if getattr(props, name)
        ]

    def start_problems(self, props: TrainerProps) -> list[Problem]:
        """A checkpoint in S3."""
        if not isinstance(props.model, str) or not is_s3_uri(props.model):
            return []
        return [
            Problem(
                path="model",
                message="a serverless job cannot start from a checkpoint in S3",
                got=short_repr(props.model),
                allowed="the hub's name of a model, a model package, or another trainer",
                fix="give compute=TrainingJobCompute(...), or a model package",
            )
        ]

    def data_problems(self, props: TrainerProps) -> list[Problem]:
        """Nothing: the service reads what the API takes."""
        del props
        return []

    def recipe_rules(
        self, props: TrainerProps, technique: Technique, wrong: Sequence[Problem]
    ) -> RecipeRules:
        """The spec's parameters are sent as hyperparameters."""
        del props, technique, wrong
        return SERVERLESS

    def recipe_problems(
        self,
        props: TrainerProps,
        choice: RecipeChoice,
        base_model: BaseModel,
        technique: Technique,
    ) -> list[Problem]:
        """Nothing: the service chooses what the recipe runs on."""
        del props, choice, base_model, technique
        return []

    def recipe_file(self, recipe: ResolvedRecipe) -> str | None:
        """None: the recipe travels in the request."""
        del recipe
        return None

    def channels(self, base_model: BaseModel, recipe_uri: str | None) -> list[Sourced]:
        """None of its own."""
        del base_model, recipe_uri
        return []

    def members(
        self, props: TrainerProps, base_model: BaseModel, technique: str
    ) -> dict[str, object]:
        """ServerlessJobConfig and MlflowConfig."""
        is_lora = props.training_type_name == TrainingType.LORA.value
        mlflow = given(
            MlflowResourceArn=sourced("mlflow_resource_arn", props.mlflow_resource_arn),
            MlflowExperimentName=sourced("mlflow_experiment_name", props.mlflow_experiment_name),
            MlflowRunName=sourced("mlflow_run_name", props.mlflow_run_name),
        )
        return serverless_members(
            base_model_arn=base_model.arn,
            customization_technique=technique,
            accept_eula=Sourced("accept_eula", props.accept_eula or props.source.has_accepted_eula),
            peft=TrainingType.LORA.value if is_lora else None,
            sequence_length=sourced("sequence_length", props.sequence_length),
            evaluator_arn=base_model.evaluator_arn,
            mlflow_config=None if props.mlflow_resource_arn is None else mlflow,
        )

    def default_compression(self, props: TrainerProps) -> str | None:
        """None: the service's own holds."""
        del props
        return None

    def keys(self) -> list[IKey]:
        """None."""
        return []

    def dataset(
        self, props: TrainerProps, channel: str, places: Sequence[str] | None
    ) -> Dataset | str:
        """Any data of the places that are listed."""
        del props, channel
        return Dataset(places=places)
