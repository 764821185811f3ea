"""Trainers and pipelines with props that are wrong in one place or several."""

from __future__ import annotations

import copy
import json
import random
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

import constructs_trainers as ct
from constructs_trainers.trainers.props.trainer_props import TrainerProps
from tests.fuzz.api_rules import broken_rules
from tests.support.many_trainers import ALL
from tests.support.role_policies import plain
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_trainers import BaseTrainer

ACCOUNT: Final = "123456789012"
HOSTILE: Final = "hostile"
"""Stands in texts that no policy may have."""

_PROPS: Final = [field.name for field in fields(TrainerProps)]
_PIPELINES: Final = 0.15
_NUMBERS: Final = (
    *(0, -1, 1, 2, 86_400, 2_419_200, 2_419_201, 10**400),
    *(0.5, -0.0, float("nan"), float("inf")),
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KEYS: Final = ("train", "learning_rate", "a.b", "", 5, "Key")


def _texts(chance: random.Random) -> str:
    region = chance.choice(["us-west-2", "eu-west-1", "", "*"])
    partition = chance.choice(["aws", "aws-cn", "AWS", "*"])
    service, resource = chance.choice(
        [
            ("sagemaker", "model-package-group/g"),
            ("sagemaker", "model-package/g/1"),
            ("sagemaker", "mlflow-app/a"),
            ("sagemaker", "hub-content/h/DataSet/d/1.0.0"),
            ("sagemaker", "training-plan/p"),
            ("iam", "role/r"),
            ("kms", "key/0000"),
            ("lambda", "function:f"),
            ("sns", "topic"),
        ]
    )
    tail = chance.choice(["", "*", "?", "${aws:username}", "\n", " ", "/..", "\x00", "\ud800", "é"])
    made = [
        f"arn:{partition}:{service}:{region}:{ACCOUNT}:{resource}{tail}",
        f"s3://amzn-s3-demo-{HOSTILE}/a{tail}",
        f"s3://{tail}{HOSTILE}/",
        f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/{HOSTILE}{tail}:1",
        f"https://{HOSTILE}.example/{tail}",
        f"subnet-{tail}",
        f"ml.p5.48xlarge{tail}",
        tail,
        "x" * chance.choice([1, 64, 255, 256, 1025, 5000]),
        "{% $states.input %}",
        cdk.Aws.ACCOUNT_ID,
        "4K",
        "LORA",
    ]
    return chance.choice(made)


def any_value(chance: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 - anything
    """A value of any kind."""
    others = ["nothing", "flag", "bytes", "object", "group", "bucket"]
    nested = [] if depth > 1 else ["list", "mapping"] * 2
    kind = chance.choice(["text"] * 6 + ["number"] * 3 + others + nested)
    made: dict[str, Any] = {
        "text": lambda: _texts(chance),
        "number": lambda: chance.choice(_NUMBERS),
        "nothing": lambda: None,
        "flag": lambda: chance.random() < 0.5,
        "bytes": lambda: b"bytes",
        "object": object,
        "group": lambda: _group(chance),
        "bucket": lambda: s3.Bucket.from_bucket_name(
            cdk.Stack(cdk.App(), "Elsewhere"), "B", "amzn-s3-demo-bucket"
        ),
        "list": lambda: [any_value(chance, depth + 1) for _ in range(chance.randint(0, 3))],
        "mapping": lambda: {
            chance.choice(_KEYS): any_value(chance, depth + 1) for _ in range(chance.randint(0, 3))
        },
    }
    return made[kind]()


def _group(chance: random.Random) -> object:
    """A group of the library's with a member of any kind."""
    names = [name for name in ct.__all__ if is_dataclass(getattr(ct, name))]
    kind = getattr(ct, chance.choice(names))
    members = {
        field.name: any_value(chance, 2)
        for field in fields(kind)
        if field.init and chance.random() < 0.4
    }
    try:
        return kind(**members)
    except (TypeError, ValueError):
        return kind


def mutated(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - props
    """The value with something else in one place of it."""
    if is_dataclass(value) and not isinstance(value, type) and chance.random() < 0.85:
        field = chance.choice([field for field in fields(value) if field.init])
        inner = mutated(getattr(value, field.name), chance)
        try:
            return replace(value, **{field.name: inner})
        except (TypeError, ValueError):
            return value
    if isinstance(value, list) and value and chance.random() < 0.7:
        index = chance.randrange(len(value))
        return [*value[:index], mutated(value[index], chance), *value[index + 1 :]]
    if isinstance(value, dict) and value and chance.random() < 0.7:
        name = chance.choice(list(value))
        return {**value, name: mutated(value[name], chance)}
    return any_value(chance)


@dataclass(frozen=True)
class Verdict:
    """What came of a case.

    Attributes:
        is_refused: Whether it was an error of ours.
        wrong: What is wrong with how it was taken, if anything.
    """

    is_refused: bool
    wrong: tuple[str, ...] = ()


def judge(seed: str, folder: Path) -> Verdict:
    """Make a trainer, or a pipeline, with wrong props, and judge what comes."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))
    make_trainer = TrainerMaker(stack, folder)
    try:
        if chance.random() < _PIPELINES:
            _pipeline(chance, stack, make_trainer)
            template_of(stack)
            return Verdict(is_refused=False)
        trainer = _trainer(chance, make_trainer)
    except ct.TrainerError as error:
        return Verdict(is_refused=True, wrong=tuple(_unclear(error)))
    except Exception as error:  # noqa: BLE001 - what a user must never see
        return Verdict(is_refused=False, wrong=(f"raw {type(error).__name__}: {error}"[:300],))
    return Verdict(is_refused=False, wrong=tuple(_wrongly_taken(stack, trainer)))


def _trainer(chance: random.Random, make_trainer: TrainerMaker) -> BaseTrainer:
    technique, props = ALL[chance.choice(list(ALL))]
    given = copy.copy(props)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if given and chance.random() < 0.5:
            name = chance.choice(list(given))
            given[name] = mutated(given[name], chance)
        else:
            given[chance.choice(_PROPS)] = any_value(chance)
    return make_trainer(technique, hub="all techniques", **given)


def _pipeline(chance: random.Random, stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    first = make_trainer(construct_id="First")
    stages: list[Any] = [
        ct.Stage(trainer=first),
        ct.Sweep(
            trainer=make_trainer(construct_id="Second"),
            datasets=["s3://amzn-s3-demo-bucket/a"],
            hyperparameters=[{"max_epochs": 1}],
            max_concurrency=2,
        ),
        ct.Parallel(stages=[ct.Stage(trainer=make_trainer(construct_id="Third"), name="T")]),
    ]
    given: dict[str, Any] = {"stages": stages, "schedule": "rate(7 days)"}
    name = chance.choice(["stages"] * 6 + ["schedule", "on_new_data", "log_retention", "log_level"])
    given[name] = mutated(given[name], chance) if name in given else any_value(chance)
    ct.TrainingPipeline(stack, "Pipeline", **given)


def _unclear(error: ct.TrainerError) -> list[str]:
    """What an error leaves out, or says that nobody should read."""
    text = str(error)
    found = [f"no place: {problem}" for problem in error.problems if not problem.path]
    found += [f"no message: {problem}" for problem in error.problems if not problem.message]
    if " at 0x" in text:
        found.append("an address in memory")
    return found


def _wrongly_taken(stack: cdk.Stack, trainer: BaseTrainer) -> list[str]:
    """What a trainer that was taken sends that the API refuses, or lets its role do."""
    try:
        template = template_of(stack)
    except Exception as error:  # noqa: BLE001 - what a user must never see
        return [f"raw at synthesis {type(error).__name__}: {error}"[:300]]
    request = trainer.training_job_request
    json.dumps(stack.resolve(request))
    found = broken_rules(request)
    if _LONE_SURROGATE.search(json.dumps(template, ensure_ascii=False)):
        found.append("half of a sign that takes two: no JSON that CloudFormation reads")
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role" and name.startswith("Trainer"):
            found += _patterns(plain(resource["Properties"].get("Policies", [])))
    return found


def _patterns(policies: list[dict[str, Any]]) -> list[str]:
    """Resources that a hostile text has made a pattern of."""
    texts = [
        resource
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        for resource in (
            statement["Resource"]
            if isinstance(statement["Resource"], list)
            else [statement["Resource"]]
        )
    ]
    return [
        f"a pattern in a policy: {text}"
        for text in texts
        if HOSTILE in text and any(sign in text.rstrip("*").rstrip("/") for sign in "*?$\n ")
    ]
