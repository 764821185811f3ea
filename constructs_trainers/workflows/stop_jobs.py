"""The machine that stops the jobs of executions that ended without them.

Stopping an execution does not stop its job, nor does its timeout: nothing of the execution runs any
more that could. EventBridge tells of its end (best effort, within a minute), and this machine
computes the names of all its attempts again and stops what runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.workflows.asl import State

STOPPED_STATUSES = ("ABORTED", "FAILED", "TIMED_OUT")
"""Ends of an execution that may leave a job behind."""

# A job whose creation was under way when the execution ended may take this long to be seen: some
# 90 seconds in all. What SageMaker says of it has no error name of its own, so it is told by its
# text, and waited for by states of ours.
_MOST_LOOKS = 6
_LONGEST_WAIT = 30
# A job may go on from redrive to redrive when nothing stopped it in between. More of them than
# this would be too many names for an execution's history.
_MOST_REDRIVES = 10
# What SageMaker says of a job that is not there or is over.
_NOTHING_TO_STOP = f"{NOT_THERE}|status (Completed|Failed|Stopped|Stopping)|already"


def stopper_input(stem: str, max_attempts: int, fields: Mapping[str, str]) -> dict[str, object]:
    """What the machine is told of an execution that ended.

    Args:
        stem: What the names of the trainer's jobs begin with.
        max_attempts: How many jobs an execution starts at most.
        fields: Where the event has ``executionArn``, ``startDate`` and ``redriveCount``.
    """
    return {
        "Stem": stem,
        "MaxAttempts": max_attempts,
        "ExecutionArn": fields["executionArn"],
        "StartDate": fields["startDate"],
        "RedriveCount": fields["redriveCount"],
    }


def stopper_definition() -> dict[str, Any]:
    """The definition, before ``with_partition``: one branch for each attempt, all at once."""
    return {
        "Comment": "Stops the SageMaker training jobs of an execution that ended without them.",
        "QueryLanguage": "JSONata",
        "StartAt": "StopEveryAttempt",
        "States": {
            "StopEveryAttempt": {
                "Type": "Map",
                "Items": expression(_names()),
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "CountLooks",
                    "States": _attempt_states(),
                },
                "Retry": [retry(["States.ALL"], seconds=5, attempts=8, longest=60)],
                "End": True,
            }
        },
    }


def _attempt_states() -> dict[str, State]:
    """The states that stop one job. Their input is its name."""
    told = "$problem.Error & ' ' & $problem.Cause"
    not_seen = f"$looks <= {_MOST_LOOKS} and $contains({told}, /{NOT_THERE}/i)"
    nothing = f"$contains({told}, /{_NOTHING_TO_STOP}/i)"
    seconds = f"$floor($min([{_LONGEST_WAIT}, 5 * $power(1.5, $looks - 1)]))"
    name = expression("$states.input")
    problem = {"problem": ERROR_OUTPUT, "looks": expression("$looks + 1")}
    running = (
        "'Training job ' & $states.input & ' may still be running: stop it in the SageMaker "
        "console. ' & $problem.Error & ': ' & $problem.Cause"
    )
    return {
        "CountLooks": {"Type": "Pass", "Assign": {"looks": 0}, "Next": "StopTrainingJob"},
        "StopTrainingJob": task(
            "aws-sdk:sagemaker:stopTrainingJob",
            {"TrainingJobName": name},
            Catch=[catch_all(Assign=problem, Output=name, Next="IsNothingToStop")],
            End=True,
        ),
        "IsNothingToStop": choice(
            (not_seen, "WaitUntilSeen"), (nothing, "NothingToStop"), default="CouldNotStop"
        ),
        "WaitUntilSeen": wait(expression(seconds), Next="StopTrainingJob"),
        "NothingToStop": {"Type": "Pass", "End": True},
        "CouldNotStop": fail("CouldNotStop", cause(running)),
    }


def _names() -> str:
    """The names of all attempts, as ``job_name`` makes them in the execution itself.

    Those from before a redrive are among them: the job that a redriven execution follows may be
    one of these.
    """
    name = name_of_attempt(
        "$stem",
        execution_arn="$in.ExecutionArn",
        start="$in.StartDate",
        redrive_count="$redrive",
        attempt="$attempt",
    )
    oldest = f"$max([0, $in.RedriveCount - {_MOST_REDRIVES - 1}])"
    # The path operator, because it flattens where $map would nest.
    return (
        f"($in := $states.input; $stem := {stem_in_form('$in.Stem')}; "
        f"[[{oldest}..$in.RedriveCount].($redrive := $; "
        f"[1..$in.MaxAttempts].($attempt := $; {name}))])"
    )
