"""What a trainer offers to the workflows around it: ``train()`` and its job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.trainers.runs.latest_training_job import LatestTrainingJob
from constructs_trainers.trainers.runs.run_data import buckets_of, run_data
from constructs_trainers.trainers.runs.run_permissions import permit_data
from constructs_trainers.trainers.runs.train_arguments import TrainArguments, wait_seconds
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.train_task import TrainTask
from constructs_trainers.workflows.variables import variable_of_state

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_kms import IKey

    from constructs_trainers.trainers.resources.job_role import JobPolicies
    from constructs_trainers.trainers.runs.run_data import RunData
    from constructs_trainers.trainers.runs.train_state import TrainState
    from constructs_trainers.workflows.allowed_input import AllowedInput

# What the workflow variable for a job begins with.
_JOB = "trainingJob_"


class TrainingRuns(Construct):
    """The part of a trainer that other workflows use."""

    _latest: TrainState | None = None
    _latest_scope: Construct | None = None

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the jobs."""
        raise NotImplementedError

    @property
    def machine_encryption_key(self) -> IKey | None:
        """What the state machine is encrypted with; None for Step Functions' own key."""
        raise NotImplementedError

    @property
    def allowed_input(self) -> AllowedInput:
        """What an execution's input may hold, and what its values are held against."""
        raise NotImplementedError

    @property
    def source_trainer(self) -> TrainingRuns | None:
        """The trainer whose model this one goes on training from; None for another model."""
        raise NotImplementedError

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone start executions, and so jobs.

        Returns:
            The grant.
        """
        return self.state_machine.grant_start_execution(grantee)

    @property
    def latest_training_job(self) -> LatestTrainingJob | None:
        """References to the job of the last :meth:`train`, for states after it.

        They are known in the scope of the workflow that the state is in. None before
        :meth:`train`, and after one that does not wait: its job is not known yet.
        """
        variable = None if self._latest is None else self._latest.variable
        return None if variable is None else LatestTrainingJob(variable=variable)

    def train(
        self,
        input_data_config: RunData | None = None,
        wait: bool = True,  # noqa: FBT001, FBT002 - the SDK's signature
        logs: bool = True,  # noqa: FBT001, FBT002 - the SDK's signature
        wait_timeout: float | cdk.Duration | None = None,
        *,
        id: str = "Train",  # noqa: A002 - the CDK's name for it
        scope: Construct | None = None,
    ) -> TrainState:
        """A state that runs this trainer, for a machine of JSONPath or JSONata.

        Its name is the trainer's id with ``id`` behind it, such as ``SftTrain``. Every time the
        state is entered or retried is a new execution of :attr:`state_machine`, with a name made
        from that of the machine around it.

        A trainer that goes on from another trainer's model takes the model package of that one's
        last :meth:`train`, which must come before it in the workflow.

        Args:
            input_data_config: The data of this run: a list of Channel, or a mapping of ``train``
                and ``validation`` to S3 URI, ARN of a DataSet, or an ``Expression`` in JSONata.
                The job's role may then read literal ones. Default: the trainer's data.
            wait: Whether the state ends with the training. Otherwise it ends with its start,
                its output is ``ExecutionArn`` and ``StartDate``, and the training goes on when
                the machine around it is stopped or fails. Default: it waits, and the training is
                stopped with that machine.
            logs: Whether the output has ``LogsUrl``. Without ``wait`` it never has. Default: yes.
            wait_timeout: Seconds, or a Duration, after which the state stops waiting: it stops
                the execution, the job is stopped within a minute or so (by the stack's stopper,
                best effort), and the state fails with ``TrainingWaitTimedOut``. Default: it waits
                for as long as the job runs.
            id: The construct's id, for a second call; below another ``scope`` the state's whole
                name is. Default: ``Train``.
            scope: The parent construct. Default: the trainer.

        Raises:
            TrainerError: With everything that is wrong with the arguments.
        """
        from constructs_trainers.trainers.runs.train_state import TrainState, machine_statements

        subject = f"{self.node.path}: train(id={short_repr(id)})"
        arguments = TrainArguments(
            input_data_config=input_data_config,
            wait=wait,
            logs=logs,
            wait_timeout=wait_timeout,
            id=id,
            scope=scope,
        )
        problems = arguments.problems(self)
        data: dict[str, object] = {}
        if not any(problem.path.startswith("input_data_config") for problem in problems):
            data, more = run_data(input_data_config, self.allowed_input)
            problems = [*more, *problems]
        source, more = self._source_package(scope)
        if problems := [*problems, *more]:
            raise TrainerError(subject, problems)
        name = f"{self.node.id}{id}"
        variable = self._variable(name, scope) if wait else None
        home, own_id = (self, id) if scope is None else (scope, name)
        state = TrainState(
            home,
            own_id,
            task=TrainTask(
                name=name,
                machine_arn=self.state_machine.state_machine_arn,
                execution_input={**data, **source},
                wait=wait,
                logs=logs,
                wait_timeout=wait_seconds(wait_timeout),
            ),
            variable=variable,
            statements=machine_statements(
                self.state_machine, self.machine_encryption_key, wait=wait
            ),
            source=None if self.source_trainer is None else self.source_trainer._latest,  # noqa: SLF001 - of the same class
        )
        try:
            permit_data(
                state, self.job_policies, self.allowed_input, [data], buckets_of(input_data_config)
            )
        except TrainerError:
            home.node.try_remove_child(own_id)
            raise
        self._latest, self._latest_scope = state, scope
        return state

    @property
    def job_policies(self) -> JobPolicies:
        """The policies of the role that the jobs work under."""
        raise NotImplementedError

    def _variable(self, state_name: str, scope: Construct | None) -> str:
        """Below the stack itself names are unique; in fragments, say, they are not."""
        home = self.node.scope if scope is None else scope
        is_stack = home is None or cdk.Stack.is_stack(home)
        owner = "" if is_stack or home is None else home.node.path
        return variable_of_state(_JOB, state_name, owner=owner)

    def _source_package(self, scope: Construct | None) -> tuple[dict[str, object], list[Problem]]:
        source = self.source_trainer
        if source is None:
            return {}, []
        job = source.latest_training_job
        same = source._latest_scope is scope  # noqa: SLF001 - of the same class
        if job is not None and same:
            return {"SourceModelPackageArn": Expression(job.output_model_package_arn)}, []
        problem = Problem(
            path="model",
            message="goes on from a trainer that was not trained before in this scope",
            got=short_repr(source.node.path),
            fix="call train() of that trainer first, with wait and with the same 'scope', and put "
            "its state before this one; or use a TrainingPipeline",
        )
        return {}, [problem]
