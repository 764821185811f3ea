"""What all trainers have in common."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers.errors import NoRecipeError
from constructs_trainers.jobs.names import job_name_stem
from constructs_trainers.jobs.permissions import (
    Surroundings,
    job_role_statements,
    machine_role_statements,
)
from constructs_trainers.jobs.request import build_request
from constructs_trainers.recipes.explain import explain
from constructs_trainers.recipes.protected import PROTECTED
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.job_resources import create_resources
from constructs_trainers.trainers.job_role import locate, permit_job
from constructs_trainers.trainers.metrics import ExecutionMetrics
from constructs_trainers.trainers.prop_types import with_known_types
from constructs_trainers.trainers.recipe_metadata import METADATA_KEY, recipe_metadata
from constructs_trainers.trainers.serverless_job import BaseModel, Place, serverless_job
from constructs_trainers.trainers.trainer_checks import checked_recipe
from constructs_trainers.trainers.trainer_props import TrainerProps
from constructs_trainers.trainers.training_machine import create_training_machine
from constructs_trainers.trainers.training_type import TrainingType
from constructs_trainers.workflows.definition import training_definition

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_sagemaker import CfnModelPackageGroup

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.request import ServerlessJob
    from constructs_trainers.recipes.explain import Explanation
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.job_resources import JobResources
    from constructs_trainers.trainers.networking import Networking
    from constructs_trainers.trainers.output_data_config import OutputDataConfig
    from constructs_trainers.trainers.stopping_condition import StoppingCondition


@jsii.implements(iam.IGrantable)
class BaseTrainer(ExecutionMetrics, Construct):
    """A fine-tuning job as a state machine. Abstract: use a trainer for a technique.

    At synthesis the recipe is resolved (hub recipe < ``recipe`` < ``overrides`` <
    ``hyperparameters``) and held against its override spec, and the CreateTrainingJob request is
    held against the API's model. Each execution of :attr:`state_machine` sends that request.

    Parameters are named as in the SageMaker Python SDK (``sagemaker.train``). Any string may hold
    CDK tokens but those that decide the recipe: ``model``, ``base_model_name``,
    ``training_type``, ``sequence_length``, ``recipe`` and ``recipe_lock``.
    """

    TECHNIQUE: ClassVar[str]
    """The customization technique, in the API's spelling."""

    OWNED_PARAMETERS: ClassVar[Mapping[str, str]]
    """Spec parameters that are not hyperparameters of a serverless job, each with what to do
    instead of setting it."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        model: str,
        training_type: TrainingType | str = TrainingType.LORA,
        model_package_group: str | CfnModelPackageGroup | None = None,
        mlflow_resource_arn: str | None = None,
        mlflow_experiment_name: str | None = None,
        mlflow_run_name: str | None = None,
        training_dataset: str | None = None,
        validation_dataset: str | None = None,
        output_data_config: OutputDataConfig | None = None,
        networking: Networking | None = None,
        accept_eula: bool = False,
        stopping_condition: StoppingCondition | None = None,
        sequence_length: str | None = None,
        recipe: str | os.PathLike[str] | None = None,
        overrides: Mapping[str, object] | None = None,
        role: iam.IRole | str | None = None,
        base_job_name: str | None = None,
        tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None = None,
        hyperparameters: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        training_image: str | None = None,
        base_model_name: str | None = None,
        disable_output_compression: bool = False,
        recipe_lock: str | os.PathLike[str] | None = None,
    ) -> None:
        """Make a trainer.

        Args:
            scope: The parent construct.
            id: The construct's id.
            model: The hub's name of the base model (hub content name, or an alias such as
                ``amazon.nova-lite-v1``), or the ARN of a model package to go on training from.
            training_type: Default: LoRA.
            model_package_group: Name, ARN or construct of the group that the model is
                registered in; a whole CDK token is taken as an ARN.
                Default: the group of the model package that ``model`` names, else a new group.
            mlflow_resource_arn: ARN of an MLflow tracking server or app. Default: no tracking. (The
                SDK looks for an app in the account.)
            mlflow_experiment_name: Default: chosen by the service.
            mlflow_run_name: Default: chosen by the service.
            training_dataset: S3 URI, or ARN of a hub DataSet.
            validation_dataset: The same. Default: none.
            output_data_config: Default: ``output/`` in one bucket a stack.
            networking: VPC of the job. Default: none.
            accept_eula: Whether the licence of a gated model is accepted. Default: no.
            stopping_condition: Default: the service's, one day of training.
            sequence_length: Chooses among recipes of different lengths, such as ``4K``. Default:
                the first recipe that the hub lists.
            recipe: Path of a YAML file with values for full paths of the recipe. Default: none.
            overrides: Nested values; leaves are named by full path, spec name or leaf name. Null
                unsets a value that is not required. Default: none.
            role: The job's role: a construct, or the ARN of one, which is used as it is. Default:
                a new role that may do what this job needs.
            base_job_name: What job names begin with; lower-cased, cut to 47 characters. Default:
                model and technique.
            tags: Tags of the job, 47 at most: a mapping, or a list of Key and Value. Default: none.
            hyperparameters: Values by spec name, leaf name or full path. Default: none.
            environment: Refused: a serverless job's containers are the service's.
            training_image: Refused likewise.
            base_model_name: The hub's name of the base model when ``model`` is a model package.
            disable_output_compression: Whether the output is left uncompressed. Default: no.
            recipe_lock: Path of the lock file. Default: context key
                ``constructs-trainers:recipeLock``, else ``recipes.lock.json`` beside ``cdk.json``.

        Raises:
            TrainerError: With everything that is wrong with the props.
        """
        super().__init__(scope, id)
        props = TrainerProps(
            model=model,
            training_type=training_type,
            model_package_group=model_package_group,
            mlflow_resource_arn=mlflow_resource_arn,
            mlflow_experiment_name=mlflow_experiment_name,
            mlflow_run_name=mlflow_run_name,
            training_dataset=training_dataset,
            validation_dataset=validation_dataset,
            output_data_config=output_data_config,
            networking=networking,
            accept_eula=accept_eula,
            stopping_condition=stopping_condition,
            sequence_length=sequence_length,
            recipe=recipe,
            overrides=overrides,
            role=role,
            base_job_name=base_job_name,
            tags=tags,
            hyperparameters=hyperparameters,
            environment=environment,
            training_image=training_image,
            base_model_name=base_model_name,
            disable_output_compression=disable_output_compression,
            recipe_lock=recipe_lock,
        )
        self._props, wrong_types = with_known_types(props)
        try:
            self._build(wrong_types)
        except Exception:
            # Whoever goes on after an error must not find half a trainer in the tree.
            scope.node.try_remove_child(id)
            raise

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the jobs: one job an execution."""
        return self._state_machine

    @property
    def role(self) -> iam.IRole:
        """The role that the jobs work under."""
        return self._role

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The jobs' role: grants to a trainer, such as ``bucket.grant_read(trainer)``, are its."""
        return self._role.grant_principal

    @property
    def training_job_request(self) -> dict[str, Any]:
        """The CreateTrainingJob request of an execution without input, as a dict.

        A deep copy. Without TrainingJobName, which each execution computes; CDK tokens are in it
        as they are.
        """
        return copy.deepcopy(self._request)

    @property
    def resolved_recipe(self) -> ResolvedRecipe:
        """The recipe after all layers, with the origin of every value."""
        return self._choice.resolved

    def get_resolved_recipe(self) -> dict[str, object]:
        """The recipe after all layers, as nested dicts: a deep copy.

        Raises:
            NoRecipeError: Neither ``recipe`` nor ``overrides`` nor ``hyperparameters`` were given.
                A ``ValueError``, as in the SageMaker Python SDK.
        """
        if not self._recipe_props.has_layers:
            msg = (
                f"{self.node.path}: get_resolved_recipe() requires a 'recipe', 'overrides' or "
                "'hyperparameters'. The hub's own recipe is resolved_recipe.to_dict()."
            )
            raise NoRecipeError(msg)
        return self.resolved_recipe.to_dict()

    def explain_recipe(self, *, changed_only: bool = False) -> Explanation:
        """Where every value of the recipe comes from, what it replaced, and its limits.

        ``print(trainer.explain_recipe())`` shows an aligned table; iterating gives the rows;
        ``to_json()`` is for scripts.

        Args:
            changed_only: Whether only values that differ from the hub's defaults are listed.
        """
        return explain(self.resolved_recipe, changed_only=changed_only)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone start executions, and so jobs.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._state_machine.grant_start_execution(grantee)

    def _build(self, wrong_types: list[Problem]) -> None:
        """Check everything, then make everything."""
        stack = cdk.Stack.of(self)
        self._place = Place(partition=stack.partition, region=stack.region)
        self._recipe_props, self._choice = checked_recipe(
            self,
            self._props,
            wrong_types,
            technique=self.TECHNIQUE,
            owned=self.OWNED_PARAMETERS,
            place=self._place,
        )
        self._digest = self._choice.resolved.digest(stack.resolve)
        self._role, resources = create_resources(self, self._props)
        base_model = BaseModel.of(self._choice, self._place)
        job = serverless_job(
            self._props, base_model, resources, technique=self.TECHNIQUE, digest=self._digest
        )
        self._request = build_request(job)
        self._state_machine = self._create_machine(job, resources)

    def _create_machine(self, job: ServerlessJob, resources: JobResources) -> sfn.StateMachine:
        choice = self._choice
        surroundings = Surroundings(
            partition=self._place.partition,
            region=self._place.region,
            account=cdk.Stack.of(self).account,
            model_package_group_name=resources.model_package_group_name,
            locate=locate,
        )
        permit_job(self, self._role, job_role_statements(self._request, surroundings))
        stem = job_name_stem(self._props.base_job_name, choice.model.name, self.TECHNIQUE)
        definition = training_definition(
            self._request,
            stem=stem,
            hyperparameter_names=[n for n in choice.resolved.spec if n not in PROTECTED],
            s3_data_type=job.s3_data_type,
            max_runtime_in_seconds=job.max_runtime_in_seconds,
            max_pending_time_in_seconds=job.max_pending_time_in_seconds,
            partition=self._place.partition,
        )
        return create_training_machine(
            self,
            definition=definition,
            statements=machine_role_statements(
                stem="" if is_token(stem) else stem,
                role_arn=resources.role_arn,
                surroundings=surroundings,
            ),
            metadata={METADATA_KEY: recipe_metadata(choice, self._recipe_props, self._digest)},
        )
