"""Instances of one's own: the group of props, and all that is different on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.channels import (
    MODEL,
    RECIPE,
    TRAIN,
    VALIDATION,
    channel,
    data_source,
)
from constructs_trainers.jobs.request.request import given
from constructs_trainers.jobs.request.sourced import Sourced, sourced
from constructs_trainers.recipes.recipe_file import RecipeFile, is_nova
from constructs_trainers.recipes.selection import type_problem
from constructs_trainers.trainers.input_channels import InputChannels, last_part_of
from constructs_trainers.trainers.kinds.compute_kind import ComputeKind
from constructs_trainers.trainers.props.api_form import api_members, api_name, api_value
from constructs_trainers.trainers.props.job_configs import SETTINGS
from constructs_trainers.trainers.props.networking import OF_CONTAINERS
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.trainers.props.trainer_props import Compute
from constructs_trainers.trainers.props.training_data import is_dataset, uri_of
from constructs_trainers.trainers.props.types import STAND_IN
from constructs_trainers.values.resource_names import key_problems
from constructs_trainers.values.s3 import is_dataset_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token
from constructs_trainers.workflows.allowed_input import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.recipes.resolve import RecipeChoice, RecipeRules
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.kinds.compute_kind import BaseModel
    from constructs_trainers.trainers.props.runtime_overrides import RuntimeOverrides
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.props.training_data import Channel
    from constructs_trainers.trainers.technique import Technique

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
class TrainingJobCompute(Compute):
    """Instances of one's own; the SageMaker Python SDK's ``TrainingJobCompute``.

    Its members are those of the API's ResourceConfig.

    Attributes:
        instance_type: Such as ``ml.p5.48xlarge``. Exclusive with ``instance_groups`` and
            ``instance_preferences``.
        instance_count: How many instances. Default: as many as the recipe says
            (``trainer.num_nodes``, ``run.replicas``), but for groups and preferences, which have
            counts of their own. Given here, the recipe follows it.
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
        """How many instances are given, or None when no number is, or it depends on the type."""
        if self.instance_groups:
            counts = [group.instance_count for group in self.instance_groups]
            return None if any(map(is_token, counts)) else sum(counts)
        if self.instance_count is None and self.instance_preferences:
            wanted = {preference.instance_count for preference in self.instance_preferences}
            return wanted.pop() if len(wanted) == 1 else None
        return None if is_token(self.instance_count) else self.instance_count

    @property
    def count_is_known(self) -> bool:
        """Whether synthesis knows how many there are: the number that is given, or the recipe's."""
        if self.instance_groups or self.instance_preferences:
            return self.count is not None
        return not is_token(self.instance_count)

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

    def to_api(self, path: str, count: int | None) -> dict[str, object]:
        """The ResourceConfig of the request.

        Args:
            path: The prop that holds the group.
            count: How many instances the recipe says; for where none are given.
        """
        with_key = replace(self, volume_kms_key_id=self.key_id)
        has_own = self.instance_groups is not None or self.instance_preferences is not None
        if self.instance_count is None and not has_own:
            with_key = replace(with_key, instance_count=1 if count is None else count)
        return api_members(with_key, path, leave_out=_NOT_IN_RESOURCE_CONFIG)

    def kind(self, props: TrainerProps) -> OwnInstances:
        """The kind of compute.

        Args:
            props: The trainer's props, this group among them.
        """
        return OwnInstances(self, props)

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


class OwnInstances(ComputeKind):
    """A trainer with ``compute=TrainingJobCompute(...)``."""

    registers_evaluator: ClassVar[bool] = False
    registers_model: ClassVar[bool] = False
    has_recipe_file: ClassVar[bool] = True
    recipe_is_fixed: ClassVar[str | None] = (
        "cannot be given: the job runs on own instances, and its recipe is a file that was written "
        "at synthesis"
    )

    def __init__(self, compute: TrainingJobCompute, props: TrainerProps) -> None:
        super().__init__(props)
        self._compute = compute

    def prop_problems(self) -> list[Problem]:
        """The group itself, and what only jobs on own instances have."""
        found = self._compute.problems()
        if self.props.checkpoint_config is not None:
            found += self.props.checkpoint_config.problems("checkpoint_config")
        if self.props.runtime_overrides is not None:
            found += _override_problems(self.props.runtime_overrides)
        return found

    def start_problems(self) -> list[Problem]:
        """Another trainer's model, which only an execution knows."""
        if not hasattr(self.props.model, "resolved_recipe"):
            return []
        return [
            Problem(
                path="model",
                message="a job on own instances cannot start from another trainer's model: its "
                "recipe is a file that is written at synthesis",
                allowed="the hub's name of a model, or the S3 URI of a checkpoint",
                fix="leave compute out for a serverless job",
            )
        ]

    def data_problems(self) -> list[Problem]:
        """Channels that the trainer makes itself, and data that its recipe cannot name."""
        return [
            *_name_problems(self.props.input_data_config or ()),
            *_source_problems(InputChannels(self.props)),
        ]

    @property
    def instance_types(self) -> Sequence[tuple[str, str]]:
        """Every type that the job may get, with the prop that names it."""
        return self._compute.instance_types

    def recipe_rules(self, technique: Technique, wrong: Sequence[Problem]) -> RecipeRules:
        """The recipe is a file, which is told where everything is."""
        if wrong:
            return RecipeFile()
        channels = InputChannels(self.props)
        return RecipeFile(
            training_data=channels.data_in_container(TRAIN),
            validation_data=channels.data_in_container(VALIDATION),
            checkpoint=self.props.source.checkpoint,
            instance_type=self._compute.instance_type,
            instance_count=self._compute.count,
            count_is_known=self._compute.count_is_known,
            mlflow_tracking_uri=self.props.mlflow_resource_arn,
            mlflow_experiment_name=self.props.mlflow_experiment_name,
            mlflow_run_name=self.props.mlflow_run_name,
            reward_lambda_arn=technique.reward_arn,
        )

    def recipe_problems(
        self, choice: RecipeChoice, model: BaseModel, technique: Technique
    ) -> list[Problem]:
        """Instance types and counts that the recipe does not run on, and a missing image."""
        found: list[Problem] = []
        if self.props.source.package_arn is not None and not is_nova(choice.recipe):
            found.append(
                Problem(
                    path="model",
                    message="a job on own instances reads its model from S3, not from a model "
                    "package",
                    got=short_repr(self.props.source.package_arn),
                    allowed="the S3 URI of the package's artifacts, with base_model_name",
                )
            )
        if refused := technique.own_instances_problems():
            return [*found, *refused]
        if self.props.training_image is None and model.image_uri is None:
            found.append(_no_image(choice))
        compute = self._compute
        return [
            *found,
            *_type_problems(compute, choice),
            *_count_problems(choice),
        ]

    def recipe_file(self, recipe: ResolvedRecipe) -> str | None:
        """The recipe as YAML."""
        return recipe.to_yaml()

    def channels(self, model: BaseModel, recipe_uri: str | None) -> list[Sourced]:
        """The recipe's file, and the model's weights where the recipe reads them."""
        found: list[Sourced] = []
        if model.channel_uri is not None:
            weights = data_source(model.channel_uri, "S3Prefix")
            found.append(Sourced("model", channel(MODEL, weights)))
        file = data_source(recipe_uri or "", "S3Prefix")
        return [*found, Sourced("recipe", channel(RECIPE, file, InputMode="File"))]

    def members(self, model: BaseModel, technique: Technique) -> dict[str, object]:
        """AlgorithmSpecification, ResourceConfig and the other settings."""
        del technique
        environment = self.props.environment
        settings = given(
            Environment=Sourced("environment", dict(environment)) if environment else None,
            EnableManagedSpotTraining=sourced(
                "compute.enable_managed_spot_training",
                self._compute.enable_managed_spot_training or None,
            ),
            **{
                api_name(name): sourced(
                    f"networking.{name}", getattr(self.props.networking, name, None)
                )
                for name in OF_CONTAINERS
            },
            **{
                member: api_value(getattr(self.props, prop), prop)
                for prop, member in SETTINGS.items()
                if getattr(self.props, prop) is not None
            },
        )
        image = self.props.training_image or model.image_uri or ""
        resources = self._compute.to_api("compute", model.instance_count)
        return {
            "AlgorithmSpecification": {
                "TrainingImage": Sourced("training_image", image),
                "TrainingInputMode": "File",
            },
            "ResourceConfig": Sourced("compute", resources),
            **settings,
        }

    def default_compression(self) -> str | None:
        """The service's own, written out as the SageMaker Python SDK does.

        But for Step Functions' optimized integration, which is not known to take the member.
        """
        return None if self.props.runs_job else "GZIP"

    def keys(self) -> list[IKey]:
        """The key of the volumes."""
        key = self._compute.volume_kms_key
        return [] if key is None else [key]

    def dataset(self, channel: str, places: Sequence[str] | None) -> Dataset | str:
        """Data of the shape that the recipe's file was written for."""
        name = InputChannels(self.props).last_part(channel)
        if name is None:
            return "cannot be given: the recipe of the trainer was written without validation data"
        is_file = "." in name
        return Dataset(places=places, is_file=is_file, file_name=name if is_file else "")


def _override_problems(overrides: RuntimeOverrides) -> Iterator[Problem]:
    path = "runtime_overrides"
    for name, where, item in overrides.listed_datasets():
        if isinstance(item, str) and is_dataset_arn(item):
            yield Problem(
                path=f"{path}.{name}[{where}]",
                message="a job on own instances cannot read a hub's DataSet",
                got=short_repr(item),
                allowed="an S3 URI, or a bucket",
            )
    for name in ("hyperparameters", "source_model_package_arn"):
        if getattr(overrides, name):
            yield Problem(
                path=f"{path}.{name}",
                message="cannot be followed on own instances: the recipe is a file that is "
                "written at synthesis",
                got=short_repr(getattr(overrides, name)),
                allowed="training_dataset and validation_dataset",
                fix="leave it out, or leave compute out for a serverless job",
            )


def _name_problems(channels: Sequence[Channel]) -> list[Problem]:
    return [
        Problem(
            path=f"input_data_config[{index}].channel_name",
            message="the trainer makes this channel itself",
            got=short_repr(item.channel_name),
            fix="choose another name",
        )
        for index, item in enumerate(channels)
        if item.channel_name in {MODEL, RECIPE}
    ]


def _source_problems(channels: InputChannels) -> list[Problem]:
    found: list[Problem] = []
    for name in (TRAIN, VALIDATION):
        given = channels.located(name)
        if given is None:
            continue
        path, source = given
        if is_dataset(source):
            found.append(
                Problem(
                    path=path,
                    message="a job on own instances cannot read a hub's DataSet",
                    got=short_repr(source),
                    allowed="an S3 URI, an S3DataSource or a FileSystemDataSource",
                )
            )
        elif is_token(last_part_of(source)):
            found.append(
                Problem(
                    path=path,
                    message="the last part of the URI is only known at deployment, and the recipe "
                    "names the file that is read",
                    got=short_repr(uri_of(source)),
                    fix="write the last part out, or end the URI with a slash for a folder",
                )
            )
    return found


def _no_image(choice: RecipeChoice) -> Problem:
    if choice.recipe.image_uri is None:
        message = f"is required: the lock has no image for '{choice.recipe.name}'"
        return Problem(path="training_image", message=message, fix="give the image's URI")
    return Problem(
        path="training_image",
        message="is required: an image is its region's own, and the stack's region is not known",
        fix="give the stack a region: env=Environment(region=...)",
    )


def _type_problems(compute: TrainingJobCompute, choice: RecipeChoice) -> list[Problem]:
    found = (
        type_problem(choice.model, choice.recipe, path, name)
        for path, name in compute.instance_types
    )
    return [problem for problem in found if problem is not None]


def _count_problems(choice: RecipeChoice) -> list[Problem]:
    spec, count = choice.recipe.spec, choice.instance_count
    enum = spec["replicas"].enum if "replicas" in spec else None
    if enum is None or count is None or count in enum:
        return []
    return [
        Problem(
            path="compute.instance_count",
            message="the recipe does not run on this many instances",
            got=short_repr(count),
            allowed=", ".join(map(str, enum)),
        )
    ]


UNKNOWN_INSTANCES = TrainingJobCompute(instance_type=STAND_IN)
"""Stands in for ``compute`` of a wrong type, so that all else can still be checked."""
