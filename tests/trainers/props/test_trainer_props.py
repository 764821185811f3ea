"""The props of trainers as a type checker sees them and as they are read."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_trainers import SFTTrainer, TrainerArguments
from constructs_trainers.trainers.props.shown_props import descriptions
from constructs_trainers.trainers.props.trainer_props import TrainerProps, read_props
from tests.support.small_hub import MODEL

# Annotations are kept as they are written, so that both sides are compared as text.
ARGUMENTS: dict[str, str] = {
    name: annotation.__forward_arg__
    for name, annotation in TrainerArguments.__annotations__.items()
}


def test_keyword_arguments_are_the_fields_of_the_props() -> None:
    props = {field.name: str(field.type) for field in fields(TrainerProps)}
    arguments = {
        name: annotation.removeprefix("Required[").removesuffix("]")
        if annotation.startswith("Required[")
        else annotation
        for name, annotation in ARGUMENTS.items()
    }
    assert arguments == props


def test_only_what_has_no_default_is_required() -> None:
    bare = {field.name for field in fields(TrainerProps) if field.default is MISSING}
    required = {name for name, text in ARGUMENTS.items() if text.startswith("Required[")}
    assert required == bare == {"model"}


def test_every_prop_has_a_text_below_its_key() -> None:
    assert list(descriptions()) == list(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_text_says_what_the_prop_means_and_what_happens_without_it(name: str) -> None:
    meaning, said, default = descriptions()[name].partition(" Default: ")
    required = ARGUMENTS[name].startswith("Required[")
    assert meaning.endswith("Required." if required else ".")
    assert bool(said) != required
    assert default.endswith((".", ".)") if said else "")
    # Without types: they stand beside the key.
    assert ARGUMENTS[name] not in meaning


def test_what_is_given_is_read() -> None:
    props, wrong = read_props(SFTTrainer, {"model": MODEL, "accept_eula": True})
    assert wrong == []
    assert (props.model, props.accept_eula, props.recipe) == (MODEL, True, None)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("training_datasett", "training_dataset"),
        ("override", "overrides"),
        ("accept_eulas", "accept_eula"),
        ("data_mixing_confg", "data_mixing_config"),
    ],
)
def test_an_unknown_prop_is_an_error_with_the_nearest_name(
    stack: cdk.Stack, name: str, near: str
) -> None:
    unknown: dict[str, Any] = {name: "x"}
    with pytest.raises(TypeError, match=rf"^SFTTrainer: unknown prop '{name}'.*'{near}'"):
        SFTTrainer(stack, "Sft", model=MODEL, **unknown)
    assert stack.node.try_find_child("Sft") is None


def test_a_name_like_no_prop_is_an_error_without_a_guess() -> None:
    with pytest.raises(TypeError, match=r"^SFTTrainer: unknown prop 'zzz'$"):
        read_props(SFTTrainer, {"model": MODEL, "zzz": 1})


def test_a_missing_model_is_an_error(stack: cdk.Stack) -> None:
    nothing: dict[str, Any] = {}
    with pytest.raises(TypeError, match=r"^SFTTrainer: the prop 'model' is missing$"):
        SFTTrainer(stack, "Sft", **nothing)
    assert stack.node.try_find_child("Sft") is None


def test_a_session_is_not_needed_any_more() -> None:
    with pytest.raises(TypeError, match="sagemaker_session'; delete it: the stack's environment"):
        read_props(SFTTrainer, {"model": MODEL, "sagemaker_session": object()})
