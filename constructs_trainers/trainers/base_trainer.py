"""What all trainers have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers.errors import NoRecipeError
from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.jobs.permissions.machine import MACHINE_PERMISSIONS
from constructs_trainers.jobs.permissions.statements import statements_of
from constructs_trainers.jobs.permissions.table import JOB_ROLE
from constructs_trainers.jobs.request.channels import s3_data_type
from constructs_trainers.jobs.request.optimized_integration import TAGS_OF_RUN_JOB
from constructs_trainers.recipes.explain import explain
from constructs_trainers.trainers.checks import checked_recipe
from constructs_trainers.trainers.execution_rules import ExecutionRules
from constructs_trainers.trainers.job_plan import JobPlan
from constructs_trainers.trainers.job_request import job_request
from constructs_trainers.trainers.kinds.compute_kind import BaseModel
from constructs_trainers.trainers.kinds.own_instances import UNKNOWN_INSTANCES
from constructs_trainers.trainers.kinds.serverless import kind_of
from constructs_trainers.trainers.permission_context import permission_context
from constructs_trainers.trainers.prop_checks import warn_of_image, warn_of_members_not_known
from constructs_trainers.trainers.props.late_props import LateProps
from constructs_trainers.trainers.props.shown_props import ShowsProps
from constructs_trainers.trainers.props.trainer_props import read_props
from constructs_trainers.trainers.props.types import type_problems, with_stand_ins
from constructs_trainers.trainers.resources.job_resources import create_resources
from constructs_trainers.trainers.resources.job_role import JobPolicies
from constructs_trainers.trainers.resources.job_stopper import stop_orphans
from constructs_trainers.trainers.resources.job_tags import JOB_TYPE, JobTags
from constructs_trainers.trainers.resources.made_resources import MadeResources
from constructs_trainers.trainers.resources.metrics import ExecutionMetrics
from constructs_trainers.trainers.resources.notification_rule import create_notification_rule
from constructs_trainers.trainers.resources.owner import owner_of
from constructs_trainers.trainers.resources.recipe_record import (
    METADATA_KEY,
    recipe_metadata,
    show_in_diffs,
)
from constructs_trainers.trainers.resources.training_machine import (
    create_machine,
    label_machine,
    resource_of,
)
from constructs_trainers.trainers.runs.training_runs import TrainingRuns
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.definition import training_definition
from constructs_trainers.workflows.jsonata import with_expressions

if TYPE_CHECKING:
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_kms import IKey

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.explain import Explanation
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.workflows.allowed_input import AllowedInput


@jsii.implements(iam.IGrantable, cdk.ITaggableV2)
class BaseTrainer(
    LateProps, ExecutionMetrics, TrainingRuns, MadeResources, Construct, metaclass=ShowsProps
):
    """A fine-tuning job as a state machine. Abstract: use a trainer for a technique.

    At synthesis the recipe is resolved (hub recipe < ``recipe`` < ``overrides`` <
    ``hyperparameters``) and held against its override spec, and the CreateTrainingJob request is
    held against the API's model. Each execution of :attr:`state_machine` sends that request.

    Parameters are named as in the SageMaker Python SDK (``sagemaker.train``). Any string may hold
    CDK tokens but those that decide the recipe: ``model`` (unless it is a model package),
    ``base_model_name``, ``training_type``, ``sequence_length``, ``recipe`` and ``recipe_lock``;
    and on own instances the values in the recipe, which travels as a file.

    Without ``compute`` the job is serverless: the service chooses instances and containers. With
    ``compute`` it runs on own instances.

    The props are the keys of :class:`TrainerArguments`, where what each means stands; ``help`` of a
    trainer shows it.

    Args:
        scope: The parent construct.
        id: The construct's id.
        technique: The customization technique.

    Raises:
        TrainerError: With everything that is wrong with the props.
        TypeError: A prop is unknown, or ``model`` is missing.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        technique: Technique,
        **props: Unpack[TrainerArguments],
    ) -> None:
        """Make a trainer; the class describes what it is, :class:`TrainerArguments` the props."""
        super().__init__(scope, id)
        self._tag_manager = cdk.TagManager(cdk.TagType.KEY_VALUE, JOB_TYPE)
        try:
            given, wrong_types = read_props(type(self), props)
            if any(problem.path == "compute" for problem in wrong_types):
                # Whoever gave anything at all does not mean a serverless job.
                given = replace(given, compute=UNKNOWN_INSTANCES)
            place = Environment.of(cdk.Stack.of(self))
            self._plan = JobPlan(kind_of(given), with_stand_ins(technique), place, owner_of(self))
            self._build([*wrong_types, *type_problems(technique)])
        except Exception:
            # Whoever goes on after an error must not find half a trainer in the tree.
            scope.node.try_remove_child(id)
            raise

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the jobs: one job an execution."""
        return self._state_machine

    @property
    def machine_encryption_key(self) -> IKey | None:
        """What the state machine is encrypted with; None for Step Functions' own key."""
        return self._plan.props.machine_encryption_key

    @property
    def base_model_name(self) -> str:
        """The hub's name of the base model."""
        return self._choice.model.name

    @property
    def model_package_group(self) -> tuple[str, str] | None:
        """Name and ARN of the group that models are registered in; None for no group."""
        arn = self._resources.model_package_group_arn
        return None if arn is None else (self._resources.model_package_group_name, arn)

    @property
    def source_trainer(self) -> BaseTrainer | None:
        """The trainer whose model this one goes on training from; None for another model."""
        source = self._plan.props.source.trainer
        return source if isinstance(source, BaseTrainer) else None

    @property
    def allowed_input(self) -> AllowedInput:
        """What an execution's input may hold, and what its values are held against."""
        return ExecutionRules(self._plan).allowed_input(self._choice)

    @property
    def role(self) -> iam.IRole:
        """The role that the jobs work under."""
        return self._role

    @property
    def job_policies(self) -> JobPolicies:
        """The policies of the role that the jobs work under."""
        return self._job_policies

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The jobs' role: grants to a trainer, such as ``bucket.grant_read(trainer)``, are its."""
        return self._role.grant_principal

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Takes the tags of ``Tags.of(scope)``, which go to the jobs too."""
        return self._tag_manager

    @property
    def training_job_request(self) -> dict[str, Any]:
        """The CreateTrainingJob request of an execution without input, as a dict.

        A deep copy. Without TrainingJobName, which each execution computes, and without tags of
        ``Tags.of(scope)``, which join at synthesis; CDK tokens are in it as they are, and what
        only an execution knows as the definition has it, ``{% ... %}``. After ``stack.resolve``
        it is JSON.
        """
        return {name: with_expressions(value) for name, value in self._request.items()}

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

    def _build(self, wrong_types: list[Problem]) -> None:
        """Check everything, then make everything."""
        plan = self._plan
        self._given = plan.props
        self._recipe_props, self._choice = checked_recipe(self, plan, wrong_types)
        self._parameters = self._choice.resolved.spec
        self._digest = self._choice.resolved.digest(cdk.Stack.of(self).resolve)
        self._role, self._resources = create_resources(
            self,
            plan.props,
            recipe_file=plan.kind.recipe_file(self._choice.resolved),
            registers_model=plan.kind.registers_model,
        )
        base_model = BaseModel.of(self._choice, plan.place)
        self._request = job_request(plan, base_model, self._resources, digest=self._digest).request
        self._job_policies = JobPolicies(self._role, is_made=plan.props.role is None)
        self._state_machine = self._create_machine()

    def _create_machine(self) -> sfn.StateMachine:
        plan, choice = self._plan, self._choice
        props, technique, stem = plan.props, plan.technique, plan.stem(choice.model.name)
        context = permission_context(plan, self._request, self._resources, stem=stem)
        if props.told is not None:
            self._notification_rule = create_notification_rule(
                self, props.told, stem=stem, role=self._role
            )
        limits = self._request.get("StoppingCondition", {})
        reserved = TAGS_OF_RUN_JOB if props.runs_job else 0
        tags = JobTags(self._request["Tags"], self._tag_manager, reserved=reserved)
        self.node.add_validation(tags)
        warn_of_image(self, props.training_image)
        if props.runs_job:
            warn_of_members_not_known(self, self._request)
        retry = props.retry or JobRetry()
        definition = training_definition(
            {**self._request, "Tags": cdk.Lazy.any(tags)},
            stem=stem,
            allowed=self.allowed_input,
            s3_data_type=s3_data_type(choice.model.name, technique.name),
            # A recipe on own instances calls the function by itself.
            registration=technique.registration(plan.place)
            if plan.kind.registers_evaluator
            else None,
            max_runtime_in_seconds=limits.get("MaxRuntimeInSeconds"),
            max_pending_time_in_seconds=limits.get("MaxPendingTimeInSeconds"),
            max_wait_time_in_seconds=limits.get("MaxWaitTimeInSeconds"),
            retry=retry,
            run_job=props.runs_job,
        )
        recipe = recipe_metadata(choice, self._recipe_props, self._digest)
        if plan.kind.has_recipe_file:
            show_in_diffs(self, recipe)
        machine = create_machine(
            self,
            definition=definition,
            statements=statements_of(MACHINE_PERMISSIONS, context),
            settings=props.machine_settings,
            metadata={METADATA_KEY: recipe},
        )
        label_machine(machine, path=self.node.path, kind="trainer")
        # What several trainers share is changed last, when nothing can go wrong any more.
        job_policy = self._job_policies.begin(self, statements_of(JOB_ROLE, context))
        if job_policy is not None:
            # No execution may start a job before its role may read what it needs.
            resource_of(machine).node.add_dependency(job_policy)
        self._stop_rule = stop_orphans(
            self,
            machine,
            props.machine_settings,
            stem=stem,
            jobs=context,
            dead_letter_queue=props.stop_rule_dead_letter_queue,
        )
        self.node.default_child = resource_of(machine)
        return machine
