"""Inputs of executions that are wrong in one place or several, judged by npm's jsonata."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers import RuntimeOverrides, testing
from tests.fuzz.api_rules import broken_rules
from tests.fuzz.wrong_props import Verdict
from tests.support.templates import template_of

if TYPE_CHECKING:
    import aws_cdk as cdk

    from tests.support.reference_jsonata import ReferenceJsonata
    from tests.support.trainers import TrainerMaker

_PACKAGE: Final = "arn:aws:sagemaker:us-west-2:123456789012:model-package/chat/3"
_OUTSIDE: Final = "outside"
_TAILS: Final = ("", "/..", "/../x", "*", "?", "${a}", "\n", " ", "//", "%2e%2e", "\u2028")
_NAMES: Final = ("learning_rate", "max_epochs", "scheduler", "name", "lr", "", "__proto__")
_GOOD: Final[dict[str, Any]] = {
    "TrainingDataset": "s3://amzn-s3-demo-bucket/team/new.jsonl",
    "ValidationDataset": "s3://amzn-s3-demo-bucket/team/held-out.jsonl",
    "HyperParameters": {"learning_rate": 2e-5, "max_epochs": 2},
    "SourceModelPackageArn": _PACKAGE,
    "Comment": "nightly",
}


@dataclass(frozen=True)
class Guarded:
    """The machine of a trainer whose executions may give everything.

    Attributes:
        request: The request without input.
        violations: The expression that checks an input.
        arguments: The expression that makes the request of an execution.
    """

    request: dict[str, Any]
    violations: str
    arguments: str


def guarded(stack: cdk.Stack, make_trainer: TrainerMaker) -> Guarded:
    """Make the trainer, and take its machine apart."""
    trainer = make_trainer(
        construct_id="Sft",
        s3_output_path="s3://amzn-s3-demo-bucket/output",
        role="arn:aws:iam::123456789012:role/job",
        model_package_group="arn:aws:sagemaker:us-west-2:123456789012:model-package-group/chat",
        runtime_overrides=RuntimeOverrides(
            training_dataset=["s3://amzn-s3-demo-bucket/team"],
            validation_dataset=["s3://amzn-s3-demo-bucket/team"],
            hyperparameters="all",
            source_model_package_arn=["chat"],
        ),
    )
    states = testing.definition(template_of(stack), "Sft")["States"]
    return Guarded(
        request=trainer.training_job_request,
        violations=states["PrepareRequest"]["Assign"]["violations"],
        arguments=states["CreateTrainingJob"]["Arguments"],
    )


def wrong_input(chance: random.Random) -> object:
    """An input with something wrong in it, as JSON."""
    given: dict[str, Any] = copy.deepcopy(
        {name: _GOOD[name] for name in chance.sample(list(_GOOD), chance.randint(0, len(_GOOD)))}
    )
    for _ in range(chance.choice([1, 1, 2, 3])):
        name = chance.choice([*_GOOD, "Nope", "trainingDataset"])
        value = _any(chance)
        if name == "HyperParameters" and chance.random() < 0.8:
            values = given.get(name)
            key = chance.choice(
                ["learning_rate", "max_epochs", "scheduler", "name", "lr", "", "__p"]
            )
            value = {**(values if isinstance(values, dict) else {}), key: value}
        given[name] = value
    whole: object = _any(chance) if chance.random() < 0.05 else given
    return json.loads(json.dumps(whole))


def _any(chance: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    tail = chance.choice(
        ["", "/..", "/../x", "*", "?", "${a}", "\n", " ", "//", "%2e%2e", "\u2028"]
    )
    texts = [
        f"s3://amzn-s3-demo-bucket/team{tail}",
        f"s3://amzn-s3-demo-bucket/team/{tail}",
        f"s3://amzn-s3-demo-bucket/{_OUTSIDE}{tail}",
        f"s3://amzn-s3-demo-bucket/team{_OUTSIDE}/x",
        f"s3://{_OUTSIDE}/team",
        f"S3://amzn-s3-demo-bucket/team{tail}",
        f"{_PACKAGE}{tail}",
        _PACKAGE.replace("chat", _OUTSIDE),
        "x" * 1025,
        "1e-5",
        "NaN",
        "cosine",
        "{% 1 %}",
        tail,
    ]
    numbers = [0, -1, 1, 1.5, 1e-5, 1e300, 5e-324, 101, 2**53, -0.0]
    plain = [None, True, False, *numbers, *texts, *texts]
    if depth == 0 and chance.random() < 0.15:
        return chance.choice([[_any(chance, 1)], {"a": _any(chance, 1)}, [], {}])
    return chance.choice(plain)


def judge(seed: str, machine: Guarded, reference: ReferenceJsonata) -> Verdict:
    """Give an execution a wrong input, and judge what comes."""
    given = wrong_input(random.Random(seed))  # noqa: S311 - reproducible, not secret
    states = {"input": given, "context": {"Execution": _EXECUTION | {"Input": given}}}
    answer = reference.answer(_code(machine.violations), {"states": states})
    if "error" in answer:
        return Verdict(is_refused=False, wrong=(f"{answer['error']} for {given!r}"[:300],))
    violations = answer.get("value") or []
    if violations:
        unclear = [text for text in violations if not isinstance(text, str) or not text]
        return Verdict(is_refused=True, wrong=tuple(map(repr, unclear)))
    variables = {"states": states, "request": machine.request, "stem": "sft", "attempt": 1}
    sent = reference.answer(_code(machine.arguments), variables)
    if "error" in sent:
        return Verdict(is_refused=False, wrong=(f"{sent['error']} for {given!r}"[:300],))
    found = broken_rules(sent["value"])
    if _OUTSIDE in json.dumps({**sent["value"], "HyperParameters": {}}):
        found.append(f"outside of what is allowed: {given!r}")
    return Verdict(is_refused=False, wrong=tuple(found))


_EXECUTION: Final = {
    "Id": "arn:aws:states:us-west-2:123456789012:execution:Sft:run-1",
    "StartTime": "2026-01-02T03:04:05.678Z",
    "RedriveCount": 0,
}


def _code(expression: str) -> str:
    return expression.removeprefix("{%").removesuffix("%}")
