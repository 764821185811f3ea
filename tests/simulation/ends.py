"""Whether an execution's end is justified by what it was answered.

Each end says why it came about, and each of them is to be given only after what the documentation
says is borne: so often throttled, so many answers lost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.simulation.faults import FAULTS, GENERIC, OPTIMIZED
from tests.simulation.sagemaker import TRANSIENT
from tests.simulation.trainer_run import Answered, TrainerRun

if TYPE_CHECKING:
    from tests.simulation.world import World


class Violation(NamedTuple):
    """What is wrong: its kind, and where."""

    kind: str
    detail: str


ERRORS: Final = {
    "InvalidExecutionInput": "InvalidExecutionInput",
    "TrainingJobRejected": "TrainingJobRejected",
    "TrainingJobNameTaken": "TrainingJobRejected",
    "RewardFunctionRejected": "TrainingJobRejected",
    "TrainingJobFailed": "TrainingJobFailed",
    "TrainingJobLost": "TrainingJobFailed",
    "TrainingJobStopped": "TrainingJobStopped",
    "TrainingJobTimedOut": "TrainingJobTimedOut",
}
"""The states that end an execution as failed, with the error of each."""

_CREATE, _DESCRIBE = "createTrainingJob", "describeTrainingJob"
_THROTTLED = ("throttled", "500", "500 after", "limit by text")
_LOST = ("lost", "lost after")
_FOR_GOOD = ("denied", "invalid", "unknown", "unknown after")
# How many answers in a row it takes to give up.
_MOST_THROTTLED, _MOST_LIMITS, _MOST_LOST = 9, 13, 7
_MOST_LOOKS = 13
_MOST_REGISTRY_CALLS = 9
_MOST_REGISTRY_LOOKS = 120
_PENDING = ("Creating", "Importing")


def of_end(world: World) -> Iterator[Violation]:
    """Of an execution that came to an end of its own."""
    run = world.run
    if run.error is None:
        yield from _of_success(run)
        return
    state = run.execution.state
    if ERRORS.get(state) != run.error.error:
        yield Violation("unhandled error", f"{run.error.error}: {run.error.cause} in {state}")
        return
    if not run.error.cause or not isinstance(run.error.cause, str):
        yield Violation("no Cause", state)
        return
    if run.is_bad != (state == "InvalidExecutionInput"):
        yield Violation("refuses the wrong inputs", f"{run.input}: {run.error.cause}")
    # A Fail state that is gone through again by a redrive was judged before.
    if run.is_bad or (run.redrives and not run.has_asked):
        return
    problem = _JUDGES[state](world, run)
    if problem:
        yield Violation(f"{state} without reason", problem)


def _of_success(run: TrainerRun) -> Iterator[Violation]:
    last = _last_job(run)
    if last is None or last["TrainingJobStatus"] != "Completed":
        yield Violation("succeeds without a completed job", str(last))
    elif run.output["TrainingJobName"] != last["TrainingJobName"]:
        yield Violation("puts out another job", str(run.output))
    elif run.output["Attempts"] != run.execution.variables["attempt"]:
        yield Violation("puts out another number of attempts", str(run.output))


def _last_job(run: TrainerRun) -> dict[str, str] | None:
    """What was said last of a job."""
    calls = _calls(run, _DESCRIBE)
    return calls[-1].result if calls and calls[-1].said == "fine" else None


def _calls(run: TrainerRun, action: str) -> list[Answered]:
    return [answered for answered in run.answers if answered.action == action]


def _in_a_row(calls: list[Answered], kinds: Collection[str], counted: Collection[str]) -> int:
    """How many of the last answers, all of some kinds, are of the counted ones."""
    count = 0
    for answered in reversed(calls):
        if answered.said not in kinds:
            break
        count += answered.said in counted
    return count


def _failed(world: World, run: TrainerRun) -> str:
    last = _last_job(run)
    if last is None or last["TrainingJobStatus"] != "Failed":
        return f"the job is {last}"
    attempt = run.execution.variables["attempt"]
    is_transient = last.get("FailureReason", "").startswith(TRANSIENT)
    if is_transient and attempt < world.trainer.begin["maxAttempts"]:
        return f"attempt {attempt} deserves another: {last}"
    return ""


def _timed_out(_: World, run: TrainerRun) -> str:
    last = _last_job(run) or {"TrainingJobStatus": "unknown"}
    is_so = last["TrainingJobStatus"] == "Stopped" and last["SecondaryStatus"].startswith("Max")
    return "" if is_so else f"the job is {last}"


def _stopped(world: World, run: TrainerRun) -> str:
    last = _last_job(run) or {"TrainingJobStatus": "unknown"}
    if last["TrainingJobStatus"] != "Stopped" or last["SecondaryStatus"].startswith("Max"):
        return f"the job is {last}"
    if world.sagemaker.jobs[last["TrainingJobName"]].redrive != run.redrives:
        return f"the job of before the redrive was stopped for it: {last}"
    return ""


def _lost(_: World, run: TrainerRun) -> str:
    calls = _calls(run, _DESCRIBE)
    refused = _in_a_row(calls, {*FAULTS, GENERIC}, {*FAULTS, GENERIC})
    if refused < _MOST_LOOKS:
        return f"after {refused} looks"
    return _not_told(run, calls[-1])


def _name_taken(world: World, run: TrainerRun) -> str:
    last = _last_job(run)
    if last is None or world.sagemaker.jobs[last["TrainingJobName"]].is_ours:
        return f"the job is its own: {last}"
    return ""


def _rejected(world: World, run: TrainerRun) -> str:
    calls = _calls(run, _CREATE)
    if not calls:
        return "nothing was asked for"
    last, borne = calls[-1], {*_THROTTLED, *_LOST, "limit"}
    reached = [
        _in_a_row(calls, borne, _THROTTLED) + _in_a_row(calls, borne, ["limit"]) // _MOST_LIMITS,
        _in_a_row(calls, borne, ["limit"]),
        _in_a_row(calls, borne, _LOST),
    ]
    most = [_MOST_THROTTLED, _MOST_LIMITS, _MOST_LOST]
    for kinds, count, bound in zip([_THROTTLED, ("limit",), _LOST], reached, most, strict=True):
        if last.said in kinds:
            return f"{last.said} after {count}" if count < bound else _not_told(run, last)
    job = world.sagemaker.jobs.get(run.execution.variables.get("jobName", ""))
    if last.said not in _FOR_GOOD:
        return f"answered {last.said}, there is {job}"
    return _not_told(run, last)


def _registration(_: World, run: TrainerRun) -> str:
    last = run.answers[-1]
    if last.said == "fine":
        (status, *_reason) = last.result.values()
        looks = sum(
            answered.said == "fine" and any(v in _PENDING for v in answered.result.values())
            for answered in run.answers
        )
        is_early = status in _PENDING and looks < _MOST_REGISTRY_LOOKS
        return f"{status} after {looks} looks" if is_early or status == "InService" else ""
    calls = _calls(run, last.action)
    generic, borne = {"throttled", "500", "500 after", "denied"}, {*_THROTTLED, *_LOST, "denied"}
    if last.said in _LOST:
        lost = _in_a_row(calls, borne, _LOST)
        return f"lost after {lost}" if lost < _MOST_LOST else _not_told(run, last)
    if last.said in generic:
        refused = _in_a_row(calls, borne, generic)
        early = f"{last.said} after {refused}"
        return early if refused < _MOST_REGISTRY_CALLS else _not_told(run, last)
    return _not_told(run, last) if last.said == "unknown" else f"answered {last.said}"


def _not_told(run: TrainerRun, last: Answered) -> str:
    """What is wrong with a Cause that is to tell the last answer."""
    fault = FAULTS.get(last.said)
    error = fault.error if fault else last.said
    assert run.error is not None
    if error in run.error.cause or (error == GENERIC and OPTIMIZED in run.error.cause):
        return ""
    return f"the Cause does not tell {error}: {run.error.cause}"


def _invalid(_: World, run: TrainerRun) -> str:
    return f"it had asked for {run.answers[0]}" if run.answers else ""


_JUDGES: Final[dict[str, Callable[[World, TrainerRun], str]]] = {
    "InvalidExecutionInput": _invalid,
    "TrainingJobRejected": _rejected,
    "TrainingJobNameTaken": _name_taken,
    "RewardFunctionRejected": _registration,
    "TrainingJobFailed": _failed,
    "TrainingJobLost": _lost,
    "TrainingJobStopped": _stopped,
    "TrainingJobTimedOut": _timed_out,
}
