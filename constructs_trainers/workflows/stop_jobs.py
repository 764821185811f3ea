"""The machine that stops the jobs of executions that ended without them.

Stopping an execution does not stop its job, nor does its timeout: nothing of the execution runs
any more that could. EventBridge tells of its end (best effort, within a minute), and this machine
computes the names of all its attempts again and stops what runs. What the names are made of it
reads from the definition that this execution ran: the trainer may have been deployed anew since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.job_retry import MOST_ATTEMPTS
from constructs_trainers.workflows.asl import (
    ERROR_OUTPUT,
    catch_all,
    choice,
    fail,
    retry,
    task,
    wait,
)
from constructs_trainers.workflows.cause import cause
from constructs_trainers.workflows.job_name import name_of_attempt, stem_in_form
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.observe import NOT_THERE
from constructs_trainers.workflows.submit import CREATE_ACTION, FIRST_STATE
from constructs_trainers.workflows.variables import MOST_JOBS, STEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.workflows.asl import State

STOPPED_STATUSES = ("ABORTED", "FAILED", "TIMED_OUT")
"""Ends of an execution that may leave a job behind."""

COULD_NOT_STOP = "CouldNotStop"
"""The error of an execution of this machine that leaves jobs which may still run."""

# A job whose creation was under way when the execution ended may take this long to be seen: some
# 90 seconds in all. What SageMaker says of it has no error name of its own, so it is told by its
# text, and waited for by states of ours.
_LOOKS_FOR_WHAT_IS_NOT_THERE = 6
# Throttling, lost answers and refusals are borne for some ten minutes.
_MOST_LOOKS = 14
_LONGEST_WAIT = 60
# A job may go on from redrive to redrive when nothing stopped it in between. More of them than
# this would be too many names for an execution's history.
_MOST_REDRIVES = 10
# A job is created within an execution's first events, unless it was refused for long.
_EVENTS = 200
# What SageMaker says of a job that is over.
_OVER = "status (Completed|Failed|Stopped|Stopping)|already"
# Some half a minute. Whoever cannot be asked is done without: the rule has a stem too.
_RETRY = [retry(["States.ALL"], seconds=2, attempts=6, longest=20)]


def stopper_input(stem: str, fields: Mapping[str, str]) -> dict[str, object]:
    """What the machine is told of an execution that ended.

    Args:
        stem: What the names of the trainer's jobs begin with, as it is deployed now.
        fields: Where the event has ``executionArn``, ``startDate`` and ``redriveCount``.
    """
    return {
        "Stem": stem,
        "ExecutionArn": fields["executionArn"],
        "StartDate": fields["startDate"],
        "RedriveCount": fields["redriveCount"],
    }


def stopper_definition() -> dict[str, Any]:
    """The definition, before ``with_partition``: one branch for each attempt, all at once."""
    return {
        "Comment": "Stops the SageMaker training jobs of an execution that ended without them.",
        "QueryLanguage": "JSONata",
        "StartAt": "ReadDefinition",
        "States": {
            "ReadDefinition": _read_definition(),
            "ReadHistory": _read_history(),
            "StopEveryAttempt": {
                "Type": "Map",
                "Items": expression(_names()),
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "CountLooks",
                    "States": _attempt_states(),
                },
                "Assign": {
                    # As lists, also of one and of none.
                    "running": expression("[$states.result[Found = 'Running']]"),
                    "names": expression("[$states.result.Name]"),
                    "isFound": expression("$count($states.result[Found != 'NotThere']) > 0"),
                },
                "Output": expression("$states.input"),
                "Next": "IsNoneLeft",
            },
            "IsNoneLeft": choice(
                ("$count($running) > 0", COULD_NOT_STOP),
                (
                    "$not($isFound) and ($isCreated or ($mayBeCreated and $not($told.isRead)))",
                    "JobNotFound",
                ),
                default="NoneIsLeft",
            ),
            "NoneIsLeft": {"Type": "Succeed"},
            COULD_NOT_STOP: fail(COULD_NOT_STOP, cause(_which_may_run())),
            "JobNotFound": fail(COULD_NOT_STOP, cause(_none_was_found())),
        },
    }


def _read_definition() -> State:
    """What the names are made of, by the definition that the execution ran."""
    told = {
        "stem": expression("$states.input.Stem"),
        "attempts": MOST_ATTEMPTS,
        "isRead": False,
    }
    stem, attempts = STEM.removeprefix("$"), MOST_JOBS.removeprefix("$")
    read = (
        f"($assigned := $parse($states.result.Definition).States.{FIRST_STATE}.Assign; {{"
        f"'stem': $exists($assigned.{stem}) ? $assigned.{stem} : $states.input.Stem, "
        f"'attempts': $exists($assigned.{attempts}) ? $assigned.{attempts} : {MOST_ATTEMPTS}, "
        "'isRead': true})"
    )
    return task(
        "aws-sdk:sfn:describeStateMachineForExecution",
        {"ExecutionArn": expression("$states.input.ExecutionArn")},
        Retry=_RETRY,
        Catch=[
            catch_all(Assign={"told": told}, Output=expression("$states.input"), Next="ReadHistory")
        ],
        Assign={"told": expression(read)},
        Output=expression("$states.input"),
        Next="ReadHistory",
    )


def _read_history() -> State:
    """Whether a job was created: then one of the names must be its."""
    # A redrive since has an end of its own, which is told by itself.
    is_last = (
        "$count($states.result.Events[Type = 'ExecutionRedriven']) <= $states.input.RedriveCount"
    )
    created = f"{_has_event('TaskSucceeded', 'TaskSubmitted')} and {is_last}"
    return task(
        "aws-sdk:sfn:getExecutionHistory",
        {
            "ExecutionArn": expression("$states.input.ExecutionArn"),
            "IncludeExecutionData": False,
            "MaxResults": _EVENTS,
        },
        Retry=_RETRY,
        Catch=[
            catch_all(
                Assign={"isCreated": False, "mayBeCreated": True},
                Output=expression("$states.input"),
                Next="StopEveryAttempt",
            )
        ],
        Assign={
            "isCreated": expression(created),
            "mayBeCreated": expression(_has_event("TaskScheduled")),
        },
        Output=expression("$states.input"),
        Next="StopEveryAttempt",
    )


def _has_event(*kinds: str) -> str:
    """The JSONata for whether a history has an event of these kinds about a job's creation."""
    resources = ", ".join(f"$states.result.Events.{kind}EventDetails.Resource" for kind in kinds)
    return f"$count([{resources}][$contains($, /{CREATE_ACTION}/i)]) > 0"


def _attempt_states() -> dict[str, State]:
    """The states that stop one job. Their input is its name, their output how it was found."""
    told = "$problem.Error & ' ' & $problem.Cause"
    over = f"$contains({told}, /{_OVER}/i)"
    not_there = f"$contains({told}, /{NOT_THERE}/i)"
    # More and more, up to a cap, and more at random: all attempts are asked for at once.
    grown = f"$min([{_LONGEST_WAIT}, 5 * $power(1.5, $looks - 1)])"
    seconds = f"$floor({grown} * (1 + $random() / 2))"
    name = expression("$states.input")
    problem = {"problem": ERROR_OUTPUT, "looks": expression("$looks + 1")}
    return {
        "CountLooks": {"Type": "Pass", "Assign": {"looks": 0}, "Next": "StopTrainingJob"},
        "StopTrainingJob": task(
            "aws-sdk:sagemaker:stopTrainingJob",
            {"TrainingJobName": name},
            Catch=[catch_all(Assign=problem, Output=name, Next="IsNothingToStop")],
            Output={"Name": name, "Found": "Stopped"},
            End=True,
        ),
        "IsNothingToStop": choice(
            (over, "JobIsOver"),
            (f"{not_there} and $looks > {_LOOKS_FOR_WHAT_IS_NOT_THERE}", "JobIsNotThere"),
            (f"$looks > {_MOST_LOOKS}", "JobMayRun"),
            default="WaitForAnotherLook",
        ),
        "WaitForAnotherLook": wait(expression(seconds), Next="StopTrainingJob"),
        "JobIsOver": _found(name, "Over"),
        "JobIsNotThere": _found(name, "NotThere"),
        "JobMayRun": _found(
            name,
            "Running",
            Problem=expression("$substring($problem.Error & ': ' & $problem.Cause, 0, 300)"),
        ),
    }


def _found(name: str, how: str, **more: str) -> State:
    return {"Type": "Pass", "Output": {"Name": name, "Found": how, **more}, "End": True}


def _which_may_run() -> str:
    return (
        "'Execution ' & $states.input.ExecutionArn & ' has ended, and these training jobs may "
        "still be running: ' & $join($running.Name, ', ') & '. Stop them in the SageMaker "
        "console. ' & $running[0].Problem"
    )


def _none_was_found() -> str:
    return (
        "'Execution ' & $states.input.ExecutionArn & ($isCreated ? ' had' : ' may have') & "
        "' created a training job that still runs, and none of these was found: ' & "
        "$join($names, ', ') & '. Look for it in the SageMaker console, and stop it there.'"
    )


def _names() -> str:
    """The names of all attempts, as ``job_name`` makes them in the execution itself.

    Those from before a redrive are among them: the job that a redriven execution follows may be
    one of these.
    """
    name = name_of_attempt(
        "$begin",
        execution_arn="$in.ExecutionArn",
        start="$in.StartDate",
        redrive_count="$redrive",
        attempt="$attempt",
    )
    oldest = f"$max([0, $in.RedriveCount - {_MOST_REDRIVES - 1}])"
    # The path operator, because it flattens where $map would nest.
    return (
        f"($in := $states.input; $begin := {stem_in_form('$told.stem')}; "
        f"[[{oldest}..$in.RedriveCount].($redrive := $; "
        f"[1..$told.attempts].($attempt := $; {name}))])"
    )
