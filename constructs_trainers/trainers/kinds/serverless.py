"""Serverless jobs: the service chooses instances and containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.request import given, serverless_members
from constructs_trainers.jobs.request.sourced import Sourced, sourced
from constructs_trainers.recipes.resolve import SERVERLESS
from constructs_trainers.trainers.kinds.compute_kind import ComputeKind
from constructs_trainers.trainers.props.job_configs import OWN_INSTANCES_PROPS
from constructs_trainers.trainers.props.networking import OF_CONTAINERS
from constructs_trainers.trainers.props.trainer_props import TrainingType
from constructs_trainers.values.s3 import is_s3_uri
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.recipes.resolve import RecipeRules
    from constructs_trainers.trainers.kinds.compute_kind import BaseModel
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.arns import Environment


_CHINA: Final = "aws-cn"


class Serverless(ComputeKind):
    """A trainer without ``compute``."""

    def prop_problems(self) -> list[Problem]:
        """Props that the SageMaker Python SDK takes for a serverless job and silently drops."""
        found = [
            Problem(
                path=f"networking.{name}",
                message="is not for serverless jobs: their containers are the service's",
                fix="leave it out",
            )
            for name in OF_CONTAINERS
            if getattr(self.props.networking, name, None)
        ]
        if self.props.runs_job:
            found.append(
                Problem(
                    path="integration_pattern",
                    message="is for jobs on own instances: only the AWS SDK integration is known "
                    "to take all members of a serverless job",
                    got="RUN_JOB",
                    fix="leave it out, or give compute=TrainingJobCompute(...)",
                )
            )
        if self.props.recipe_name is not None:
            found.append(
                Problem(
                    path="recipe_name",
                    message="is for own instances: the service chooses a serverless job's recipe",
                    got=short_repr(self.props.recipe_name),
                    fix="leave it out, and give sequence_length; or give "
                    "compute=TrainingJobCompute(...)",
                )
            )
        return found + [
            Problem(
                path=name,
                message="has no effect on a serverless job: its containers are the service's",
                got=short_repr(getattr(self.props, name)),
                fix="leave it out, or give compute=TrainingJobCompute(...)",
            )
            for name in OWN_INSTANCES_PROPS
            if getattr(self.props, name)
        ]

    def place_problems(self, place: Environment) -> list[Problem]:
        """A region of China: CloudFormation has no AWS::SageMaker::ModelPackageGroup there.

        Source: the CloudFormation resource specifications of cn-north-1 and cn-northwest-1.
        """
        if place.known_partition != _CHINA:
            return []
        return [
            Problem(
                path="compute",
                message="is required in a region of China: serverless jobs register their model in "
                "a model package group, which CloudFormation cannot make there",
                got=short_repr(place.known_region or place.partition),
                fix="give compute=TrainingJobCompute(...), or deploy to another region",
            )
        ]

    def start_problems(self) -> list[Problem]:
        """A checkpoint in S3."""
        if not isinstance(self.props.model, str) or not is_s3_uri(self.props.model):
            return []
        return [
            Problem(
                path="model",
                message="a serverless job cannot start from a checkpoint in S3",
                got=short_repr(self.props.model),
                allowed="the hub's name of a model, a model package, or another trainer",
                fix="give compute=TrainingJobCompute(...), or a model package",
            )
        ]

    def recipe_rules(self, technique: Technique, wrong: Sequence[Problem]) -> RecipeRules:
        """The spec's parameters are sent as hyperparameters."""
        del technique, wrong
        return SERVERLESS

    def members(self, model: BaseModel, technique: Technique) -> dict[str, object]:
        """ServerlessJobConfig and MlflowConfig."""
        is_lora = self.props.training_type_name == TrainingType.LORA.value
        mlflow = given(
            MlflowResourceArn=sourced("mlflow_resource_arn", self.props.mlflow_resource_arn),
            MlflowExperimentName=sourced(
                "mlflow_experiment_name", self.props.mlflow_experiment_name
            ),
            MlflowRunName=sourced("mlflow_run_name", self.props.mlflow_run_name),
        )
        return serverless_members(
            base_model_arn=model.arn,
            customization_technique=technique.name,
            accept_eula=Sourced(
                "accept_eula", self.props.accept_eula or self.props.source.has_accepted_eula
            ),
            peft=TrainingType.LORA.value if is_lora else None,
            sequence_length=sourced("sequence_length", self.props.sequence_length),
            evaluator_arn=sourced(technique.evaluator_prop, model.evaluator_arn),
            mlflow_config=None if self.props.mlflow_resource_arn is None else mlflow,
        )


def kind_of(props: TrainerProps) -> ComputeKind:
    """The kind of compute that a trainer's props name."""
    kind = Serverless(props) if props.compute is None else props.compute.kind(props)
    if not isinstance(kind, ComputeKind):
        raise TypeError(kind)
    return kind
