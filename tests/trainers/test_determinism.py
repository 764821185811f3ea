"""What a trainer gives depends on its props alone, and not on what stands before it in the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_trainers as ct
from constructs_trainers.workflows.sizes import BYTES_OF_A_TOKEN, size_of, size_of_request
from tests.support.many_trainers import ALL
from tests.support.role_policies import plain
from tests.support.templates import template_of
from tests.support.trainers import DATA, TrainerMaker

if TYPE_CHECKING:
    from collections.abc import Sequence


def machines(
    make_trainer: TrainerMaker, names: Sequence[str], *, tokens_before: int
) -> dict[str, Any]:
    """The state machines of a stack with trainers, after some tokens were made."""
    for _ in range(tokens_before):
        cdk.Token.as_string({"Ref": "Unrelated"})
        cdk.Token.as_list({"Ref": "Unrelated"})
        cdk.Token.as_number({"Ref": "Unrelated"})
    stack = cdk.Stack(cdk.App(), "Stack")
    cdk.Tags.of(stack).add("team", "nlp")
    trainers = []
    for index, name in enumerate(names):
        technique, props = ALL[name]
        where: dict[str, Any] = {"scope": stack, "construct_id": f"T{index}"}
        trainers.append(make_trainer(technique, hub="all techniques", **where, **props))
    ct.TrainingPipeline(
        stack,
        "Pipeline",
        stages=[ct.Sweep(trainer=trainers[0], datasets=[DATA, DATA.replace("//", "//x-")])],
    )
    resources: dict[str, Any] = template_of(stack)["Resources"]
    return {
        name: resource
        for name, resource in resources.items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }


@pytest.mark.parametrize("kind", ["SFT, ", "own instances, ", "a re"])
def test_what_stands_before_a_trainer_changes_no_state_machine(
    make_trainer: TrainerMaker, kind: str
) -> None:
    names = [name for name in ALL if name.startswith(kind)]
    alone = machines(make_trainer, names, tokens_before=0)
    # More digits, in a token's number.
    after_others = machines(make_trainer, names, tokens_before=1200)
    assert len(alone) > len(names)
    assert after_others == alone


APP = Path(__file__).parents[2] / "examples" / "all_trainers"


def synthesized(out: Path, **environment: str) -> dict[str, Any]:
    """The template of the example with all trainers, by a process of its own."""
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=APP,
        check=True,
        capture_output=True,
        env=os.environ | {"CDK_OUTDIR": str(out), "CDK_VALIDATION": "false"} | environment,
    )
    template: dict[str, Any] = json.loads((out / "AllTrainers.template.json").read_text())
    return template


def plain_definitions(template: dict[str, Any]) -> dict[str, str]:
    """Each definition as text, with the partition and all references by their names."""
    return {
        name: json.dumps(plain(resource["Properties"]["Definition"])).replace(
            "<AWS::Partition>", "aws"
        )
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }


def test_every_process_gives_the_same_bytes(tmp_path: Path, feature_flags: dict[str, Any]) -> None:
    first = synthesized(tmp_path / "first", PYTHONHASHSEED="1")
    assert synthesized(tmp_path / "second", PYTHONHASHSEED="2") == first
    # As the cdk CLI runs an app: its flags have the CDK know the partition.
    flags = json.dumps(feature_flags)
    by_cli = synthesized(tmp_path / "cli", PYTHONHASHSEED="3", CDK_CONTEXT_JSON=flags)
    assert plain_definitions(by_cli) == plain_definitions(first)


def test_every_token_counts_the_same() -> None:
    string = cdk.Token.as_string({"Ref": "A"})
    assert size_of(f"a{string}b") == BYTES_OF_A_TOKEN + 4
    assert size_of(cdk.Token.as_list({"Ref": "A"})) == BYTES_OF_A_TOKEN + 4
    assert size_of({"n": cdk.Token.as_number({"Ref": "A"})}) == BYTES_OF_A_TOKEN + 7
    assert size_of(cdk.Lazy.any(cdk.Token.as_any({"Ref": "A"}))) == BYTES_OF_A_TOKEN + 2  # type: ignore[arg-type]


def test_what_is_no_token_counts_its_bytes() -> None:
    plain = {"text": "ä", "number": -1.5e300, "half": "\ud800"}
    assert size_of(plain) == len(json.dumps(plain, ensure_ascii=False)) + 1 + 2


def test_a_request_counts_with_as_many_tags_as_it_may_have() -> None:
    tags = [{"Key": f"{n:128}", "Value": "v" * 256} for n in range(50)]
    full = size_of({"RoleArn": "r", "Tags": tags})
    assert full <= size_of_request({"RoleArn": "r", "Tags": tags[:1]}) <= full + 100
