"""What ``inspect.signature``, ``help`` and completion in notebooks are shown of trainers."""

from __future__ import annotations

import inspect
import pydoc
from abc import ABC, abstractmethod
from dataclasses import MISSING, fields
from typing import Any, Unpack

import aws_cdk as cdk
import pytest
from constructs import Construct

import constructs_trainers
from constructs_trainers import BaseTrainer, SFTTrainer, TrainerArguments
from constructs_trainers.trainers.props import shown_props
from constructs_trainers.trainers.props.trainer_props import TrainerProps
from tests.support.company_trainer import CompanySft
from tests.support.trainers import TrainerMaker

OWN = {
    "BaseTrainer": ["scope", "id", "technique"],
    "SFTTrainer": ["scope", "id", "data_mixing_config"],
    "DPOTrainer": ["scope", "id"],
    "RLVRTrainer": ["scope", "id", "custom_reward_function", "skip_reward_validation"],
    "RLAIFTrainer": ["scope", "id", "reward_model_id", "reward_prompt"],
}
CLASSES: dict[str, type[BaseTrainer]] = {
    **{name: getattr(constructs_trainers, name) for name in OWN},
    "CompanySft": CompanySft,
}
PROPS = [field.name for field in fields(TrainerProps)]


class Untyped(SFTTrainer):
    """A trainer whose author names no props."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(scope, construct_id, **kwargs)


class Fixed(SFTTrainer):
    """A trainer that leaves one choice."""

    def __init__(self, scope: Construct, construct_id: str, *, dataset: str) -> None:
        super().__init__(scope, construct_id, model="m", training_dataset=dataset)


class Renamed(SFTTrainer):
    pass


def shown(kind: type[BaseTrainer]) -> dict[str, inspect.Parameter]:
    """What a class's signature has, by name."""
    return dict(inspect.signature(kind).parameters)


def test_every_trainer_is_looked_at() -> None:
    trainers = {name for name in constructs_trainers.__all__ if name.endswith("Trainer")}
    assert trainers == {*OWN}


@pytest.mark.parametrize("name", OWN)
def test_a_signature_has_what_the_trainer_takes_and_no_more(name: str) -> None:
    assert sorted(shown(CLASSES[name])) == sorted([*OWN[name], *PROPS])


@pytest.mark.parametrize("name", CLASSES)
def test_a_signature_has_every_prop_with_its_type_and_default(name: str) -> None:
    parameters = shown(CLASSES[name])
    for field in fields(TrainerProps):
        parameter = parameters[field.name]
        default = inspect.Parameter.empty if field.default is MISSING else field.default
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert (parameter.annotation, parameter.default) == (field.type, default)


def test_what_must_be_given_comes_first() -> None:
    assert list(shown(SFTTrainer))[:4] == ["scope", "id", "model", "data_mixing_config"]
    assert list(shown(CompanySft))[:4] == ["scope", "construct_id", "team", "model"]


@pytest.mark.parametrize("name", CLASSES)
def test_help_says_what_each_prop_means(name: str) -> None:
    text = pydoc.plain(pydoc.render_doc(CLASSES[name]))
    unwrapped = " ".join(text.replace("|", " ").split())
    for prop, description in shown_props.descriptions().items():
        # An upright stroke is what help draws beside the text.
        assert f" {prop}: {description}".replace("|", " ") in unwrapped


def test_a_subclass_shows_its_own_keywords_beside_the_props() -> None:
    assert sorted(shown(CompanySft)) == sorted(["scope", "construct_id", "team", *PROPS])
    doc = inspect.getdoc(CompanySft) or ""
    assert doc.startswith("Supervised fine-tuning as our company does it.")
    assert "    team: The team that pays for the jobs.\n" in doc


def test_a_subclass_that_names_no_props_shows_those_of_its_parent() -> None:
    parameters = shown(Untyped)
    assert set(parameters) == {"construct_id", "kwargs", *shown(SFTTrainer)} - {"id"}
    assert "\n    model: " in (inspect.getdoc(Untyped) or "")


def test_a_subclass_without_props_shows_none() -> None:
    assert list(shown(Fixed)) == ["scope", "construct_id", "dataset"]
    assert inspect.getdoc(Fixed) == "A trainer that leaves one choice."


def test_a_subclass_without_a_constructor_and_docstring_has_its_parents() -> None:
    assert inspect.signature(Renamed) == inspect.signature(SFTTrainer)
    assert Renamed.__doc__ is None
    assert inspect.getdoc(Renamed) == inspect.getdoc(SFTTrainer)


def test_a_subclass_may_be_abstract_and_change_its_docstring(stack: cdk.Stack) -> None:
    class Abstract(SFTTrainer, ABC):
        """Before."""

        @abstractmethod
        def owner(self) -> str: ...

    Abstract.__doc__ = "After."
    assert (inspect.getdoc(Abstract) or "").startswith("After.\n\nKeyword Args:\n    model: ")
    with pytest.raises(TypeError, match="abstract"):
        Abstract(stack, "Sft", model="m")  # type: ignore[abstract] # that it cannot


def test_a_type_of_its_own_for_props_is_shown_as_the_parents_and_the_rest() -> None:
    class OurTrainerArguments(TrainerArguments, total=False):
        team: str

    class Own(SFTTrainer):
        def __init__(
            self, scope: Construct, construct_id: str, **own: Unpack[OurTrainerArguments]
        ) -> None:
            own.pop("team", None)
            super().__init__(scope, construct_id, model=own["model"])

    assert set(PROPS) < set(shown(Own))
    assert list(shown(Own))[-1] == "own"


def test_nothing_is_worked_out_before_someone_asks(
    make_trainer: TrainerMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("visible_signature", "visible_docstring", "descriptions"):
        monkeypatch.delattr(shown_props, name)

    class Quiet(SFTTrainer):
        """Nobody asks."""

    assert issubclass(Quiet, SFTTrainer)
    assert make_trainer().node.id == "Sft"


def test_where_there_is_no_source_the_docstring_is_the_classs_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_source(_: object) -> str:
        raise OSError

    monkeypatch.setattr(inspect, "getsource", no_source)
    nothing = shown_props.descriptions.__wrapped__()
    assert nothing == {}
    monkeypatch.setattr(shown_props, "descriptions", lambda: nothing)
    doc = inspect.getdoc(SFTTrainer) or ""
    assert doc.startswith("Supervised fine-tuning (SFT)")
    assert doc.endswith("Default: none.")
