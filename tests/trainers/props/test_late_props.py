"""A trainer that is changed, asked or made as the SDK's are says what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import constructs_trainers as ct
from tests.support.trainers import DATA

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from tests.support.trainers import TrainerMaker


@pytest.mark.parametrize(
    ("name", "value"),
    [("training_dataset", DATA), ("role", None), ("hyperparameters", {}), ("recipe", "r.yaml")],
)
def test_a_prop_is_not_assigned(make_trainer: TrainerMaker, name: str, value: object) -> None:
    trainer = make_trainer()
    before = trainer.training_job_request
    with pytest.raises(AttributeError, match=rf"read once.*SFTTrainer\(scope, id, {name}="):
        setattr(trainer, name, value)
    assert trainer.training_job_request == before


def test_a_prop_of_the_technique_is_not_assigned(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer("RLAIF", hub="all techniques")
    with pytest.raises(AttributeError, match="'reward_model_id' is a prop"):
        trainer.reward_model_id = "x"  # type: ignore[attr-defined]


def test_a_parameter_of_the_recipe_is_not_assigned(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    with pytest.raises(AttributeError, match=r"hyperparameters=\{'max_epochs': \.\.\.\}"):
        trainer.max_epochs = 1  # type: ignore[attr-defined]


def test_a_company_keeps_what_it_likes(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    class Company(ct.SFTTrainer):
        def __init__(self, scope: cdk.Stack, construct_id: str, team: str, **props: Any) -> None:  # noqa: ANN401
            super().__init__(scope, construct_id, **props)
            self.team = team
            self.name = "ours"

    made = Company(stack, "Theirs", "nlp", **make_trainer.props())
    assert made.team == "nlp"


def test_a_company_has_a_property_named_like_a_prop(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    class Company(ct.SFTTrainer):
        _kept = "none"

        @property
        def tags(self) -> str:
            return self._kept

        @tags.setter
        def tags(self, value: str) -> None:
            self._kept = value

    made = Company(stack, "Theirs", **make_trainer.props())
    made.tags = "team=nlp"
    assert made.tags == "team=nlp"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hyperparameters", "explain_recipe"),
        ("wait", "an execution of state_machine waits"),
        ("show_metrics", "metric_"),
        ("training_dataset", "training_job_request has what is sent"),
        ("resolved_recip", "did you mean 'resolved_recipe'"),
    ],
)
def test_what_the_sdk_has_is_said_to_be_elsewhere(
    make_trainer: TrainerMaker, name: str, said: str
) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{name}'.*{said}"):
        getattr(make_trainer(), name)


def test_what_is_not_there_is_not_there(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    assert not hasattr(trainer, "wait")
    assert not hasattr(trainer, "_anything")


SFT: Any = ct.SFTTrainer
MADE: dict[str, Callable[[cdk.Stack], object]] = {
    "the model alone": lambda _: SFT("a-model"),
    "the model by its place": lambda stack: SFT(stack, "Sft", "a-model"),
    "no scope": lambda _: SFT("Sft", "a-model"),
    "no id": lambda stack: SFT(stack, model="a-model"),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_a_pasted_line_of_the_sdk_is_told_where_scope_and_id_go(
    stack: cdk.Stack, make: Callable[[cdk.Stack], object]
) -> None:
    with pytest.raises(TypeError, match=r"SFTTrainer\(scope, id, \*, model=.*such as a stack"):
        make(stack)


@pytest.mark.parametrize("name", ["wait", "logs", "sagemaker_session"])
def test_an_argument_of_the_sdk_is_told_what_takes_its_place(
    make_trainer: TrainerMaker, name: str
) -> None:
    given: dict[str, Any] = {name: True}
    with pytest.raises(TypeError, match=f"unknown prop '{name}'; delete it: "):
        make_trainer(**given)
