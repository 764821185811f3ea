"""From an execution's start to a job that exists."""

from __future__ import annotations

import json

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import SUCCEEDED, Lab, check_end, check_jobs

pytestmark = pytest.mark.engine

ENDLESS = Outcome(endless=True)
REJECTED = ("FAILED", "TrainingJobRejected")


@pytest.mark.parametrize(
    ("rejection", "end", "jobs"),
    [
        (Rejection(code="ThrottlingException", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ThrottlingException"), REJECTED, []),
        (Rejection(code="ResourceLimitExceeded", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ResourceLimitExceeded"), REJECTED, []),
        (Rejection(code="ValidationException"), REJECTED, []),
        (Rejection(code="AccessDeniedException"), REJECTED, []),
    ],
    ids=[
        "throttled-3-times",
        "throttled-forever",
        "limit-3-times",
        "limit-forever",
        "invalid",
        "denied",
    ],
)
def test_a_refused_submission(
    lab: Lab, rejection: Rejection, end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(rejections=[rejection]))
    check_end(lab, lab.start("Hasty"), end)
    check_jobs(lab, *jobs)
    refused = [call for call in lab.calls() if call.error == rejection.code]
    retried = rejection.code in {"ThrottlingException", "ResourceLimitExceeded"}
    assert len(refused) == (rejection.count or (len(refused) if retried else 1))
    assert 3 <= len(refused) <= 13 or not retried


@pytest.mark.parametrize("code", ["ServiceUnavailable", "InternalFailure"])
def test_an_answer_that_is_lost_after_the_job_was_created(lab: Lab, code: str) -> None:
    lab.follow(Plan(rejections=[Rejection(code=code, count=1, job_created=True)]))
    check_end(lab, lab.start("Hasty"), SUCCEEDED)
    check_jobs(lab, "Completed")
    assert [call.error for call in lab.calls()] == [code, "ResourceInUse"]


def test_a_job_of_our_name_that_is_older_than_the_execution(lab: Lab) -> None:
    older = Rejection(code="ResourceInUse", count=1, job_created=True, job_age=60)
    lab.follow(Plan(outcomes=[ENDLESS], rejections=[older]))
    execution = lab.start("Hasty")
    check_end(lab, execution, REJECTED)
    assert "from before this execution" in lab.describe(execution)["cause"]
    assert [call.error for call in lab.calls()] == ["ResourceInUse"]


# Thirty of them, and none that the trainer would take.
MALFORMED: list[object] = [
    "text",
    "",
    3,
    0,
    True,
    False,
    [],
    [{}],
    {"": 1},
    {"trainingdataset": "s3://bucket/key"},
    {"TrainingDatasets": "s3://bucket/key"},
    {"TrainingJobName": "mine"},
    {"RoleArn": "arn:aws:iam::123456789012:role/other"},
    {"{% 1 %}": "{% 1 %}"},
    {"TrainingDataset": ""},
    {"TrainingDataset": 3},
    {"TrainingDataset": {"S3Uri": "s3://bucket/key"}},
    {"TrainingDataset": ["s3://bucket/key"]},
    {"TrainingDataset": "https://bucket/key"},
    {"TrainingDataset": "s3://"},
    {"TrainingDataset": "s3://bucket/line\nbreak"},
    {"TrainingDataset": "s3://bucket/" + "k" * 2000},
    {"ValidationDataset": "{% $states %}"},
    {"HyperParameters": "learning_rate"},
    {"HyperParameters": ["learning_rate"]},
    {"HyperParameters": {"learning_rat": 0.001}},
    {"HyperParameters": {"learning_rate": {"value": 0.001}}},
    {"HyperParameters": {"scheduler": "x" * 3000}},
    {"SourceModelPackageArn": "arn:aws:s3:::bucket"},
    {"SourceModelPackageArn": 3, "HyperParameters": {"nonsense": []}, "Unknown": {}},
]


def test_malformed_input_of_thirty_kinds(lab: Lab) -> None:
    assert len({json.dumps(given) for given in MALFORMED}) == 30
    lab.follow(Plan())
    executions = [lab.start("Hasty", given) for given in MALFORMED]
    ends = [lab.ended(execution) for execution in executions]
    assert ends == [("FAILED", "InvalidExecutionInput")] * 30
    assert not lab.calls()


def test_every_value_that_breaks_a_rule_is_named(lab: Lab) -> None:
    lab.follow(Plan())
    wrong = {"learning_rate": "0.1", "max_epochs": 0, "scheduler": "step", "epochs": 3}
    execution = lab.start("Hasty", {"HyperParameters": wrong, "TrainingDataset": "s3://"})
    assert lab.ended(execution) == ("FAILED", "InvalidExecutionInput")
    cause = lab.describe(execution)["cause"]
    assert cause.startswith("No job was created. TrainingDataset: expected an S3 URI")
    for said in (
        'HyperParameters.learning_rate: above the maximum 0.001; got "0.1"; allowed: 1e-07 to',
        "HyperParameters.max_epochs: below the minimum 1; got 0; allowed: 1 to 100",
        'HyperParameters.scheduler: not one of the values that the recipe allows; got "step"',
        "HyperParameters.epochs: unknown hyperparameter; allowed: ",
    ):
        assert said in cause
    assert not lab.calls()


def test_what_is_given_within_the_rules_is_sent_as_text(lab: Lab) -> None:
    lab.follow(Plan())
    data = "s3://other-bucket/new.jsonl"
    given = {"learning_rate": 2e-5, "max_epochs": "7", "scheduler": "constant"}
    execution = lab.start("Hasty", {"HyperParameters": given, "TrainingDataset": data})
    check_end(lab, execution, SUCCEEDED)
    (call,) = lab.calls()
    sent = call.request["HyperParameters"]
    assert (float(sent["learning_rate"]), sent["max_epochs"]) == (2e-5, "7")
    assert sent["scheduler"] == "constant"
    (channel,) = call.request["InputDataConfig"]
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == data


def test_two_executions_at_once(lab: Lab) -> None:
    lab.follow(Plan())
    executions = [lab.start("Hasty"), lab.start("Hasty")]
    for execution in executions:
        check_end(lab, execution, SUCCEEDED)
    made = [json.loads(lab.describe(e)["output"])["TrainingJobName"] for e in executions]
    assert len(set(made)) == 2
    assert lab.jobs() == dict.fromkeys(made, "Completed")


def test_the_same_execution_name_twice(lab: Lab) -> None:
    lab.follow(Plan())
    execution = lab.start("Hasty", name="twice")
    assert lab.start("Hasty", name="twice") == execution
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start("Hasty", {"Comment": "another input"}, name="twice")
    check_end(lab, execution, SUCCEEDED)
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start("Hasty", name="twice")
    check_jobs(lab, "Completed")
