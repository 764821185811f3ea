"""A state that runs a trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import IValidation

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.permissions.machine import (
    MACHINE_READER_PERMISSIONS,
    TRAIN_PERMISSIONS,
    PermittedRun,
)
from constructs_trainers.jobs.permissions.statements import statements_of
from constructs_trainers.trainers.resources.acknowledged_findings import WildcardsElsewhere
from constructs_trainers.trainers.resources.service_keys import key_of_machine
from constructs_trainers.trainers.runs.latest_training_job import REMEMBERED
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.training_failure import FAILURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_kms import IKey
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement
    from constructs_trainers.workflows.train_task import TrainTask


class TrainState(sfn.CustomState):
    """A state of another machine that runs a trainer; ``train()`` makes it.

    It goes wherever a task goes: in a chain, a branch of a Parallel state, a Map. It has its own
    query language, JSONata, so machines of both languages take it, and it brings what the machine's
    role must be allowed. Its output is that of the trainer's execution.

    A training that fails is ``States.TaskFailed`` here, with the trainer's execution as JSON in the
    Cause; :attr:`failure` and ``training_failure()`` read it. One that takes longer than
    ``wait_timeout`` is ``TrainingWaitTimedOut``.

    Args:
        scope: The parent construct.
        id: The construct's id.
        task: The state.
        variable: The workflow variable for the job; None for none.
        statements: What the machine's role must be allowed.
        source: The state whose job's model it goes on training from; None for none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        task: TrainTask,
        variable: str | None,
        statements: Sequence[Statement],
        source: TrainState | None = None,
    ) -> None:
        assign = {} if variable is None else {variable: REMEMBERED}
        state = with_partition(task.state(assign=assign), cdk.Stack.of(scope).partition)
        super().__init__(scope, id, state_json=state)
        prefix = task.name.removesuffix(id)
        if prefix:
            self.add_prefix(prefix)
        self._variable = variable
        self._statements = statements
        self._inner_names = task.inner_names
        self._is_bound = False
        if source is not None:
            self.node.add_validation(_SourceIsThere(self, source))

    @property
    def failure(self) -> str:
        """What to assign, or to output, in a Catch of this state: the failure as an object.

        ``train.add_catch(handler, assign={"failure": train.failure})``; then ``$failure.Error``
        is one of the fixed errors in JSONPath and JSONata states, ``$failure.Cause`` the reason.
        """
        return FAILURE

    @property
    def is_bound(self) -> bool:
        """Whether it is part of a state machine."""
        return self._is_bound

    @property
    def variable(self) -> str | None:
        """The workflow variable that holds the job; None when the state does not wait for it."""
        return self._variable

    @jsii.member(jsii_name="bindToGraph")
    def bind_to_graph(self, graph: sfn.StateGraph) -> None:
        """Bring the permissions to the machine that the state becomes part of."""
        super().bind_to_graph(graph)
        if self._is_bound:
            return  # The CDK comes by for each way that leads to the state.
        self._is_bound = True
        cdk.Aspects.of(self).add(WildcardsElsewhere(self._statements))
        for statement in self._statements:
            graph.register_policy_statement(iam.PolicyStatement.from_json(statement.to_json()))
        self._reserve_inner_names(graph)

    def _reserve_inner_names(self, graph: sfn.StateGraph) -> None:
        """Let the CDK refuse another state of such a name: it does not look into a CustomState."""
        for name in self._inner_names:
            inside = sfn.Pass(self, name, state_name=name)
            sfn.StateGraph(inside, name).register_super_graph(graph)


@jsii.implements(IValidation)
class _SourceIsThere:
    """Holds a state against the one whose job it names, once all machines are made."""

    def __init__(self, state: TrainState, source: TrainState) -> None:
        self._state = state
        self._source = source

    def validate(self) -> list[str]:
        """What is wrong with the two."""
        if not self._state.is_bound or self._source.is_bound:
            return []
        source = self._source.node.path
        problem = Problem(
            path="model",
            message="goes on from a train() whose state is in no state machine",
            got=source,
            fix=f"put the state {source} before this one, in the same machine",
        )
        return [str(problem)]


def machine_statements(
    machine: sfn.StateMachine, key: IKey | None, *, wait: bool = True
) -> list[Statement]:
    """What another machine's role needs to run a trainer's machine.

    Args:
        machine: The trainer's machine.
        key: What it is encrypted with; None for Step Functions' own key.
        wait: Whether the other machine waits for it.
    """
    place = Environment.of(cdk.Stack.of(machine))
    run = PermittedRun(
        machine_arn=machine.state_machine_arn,
        executions_arn=place.arn("states", f"execution:{machine.state_machine_name}:*"),
        rule_arn_start=place.arn("events", "rule/"),
        wait=wait,
    )
    found = statements_of(TRAIN_PERMISSIONS, run)
    if wait and key is not None:
        encrypted = key_of_machine(key, place, machine.state_machine_name)
        found += statements_of(MACHINE_READER_PERMISSIONS, encrypted)
    return found
