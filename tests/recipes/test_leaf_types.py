"""Values that no spec parameter stands for keep the type of the hub's value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.resolving import NUMBER_TOKEN, STRING_TOKEN, refused, resolve, values

TEMPLATE: dict[str, Any] = {
    "trainer": {"devices": 8, "num_nodes": 1, "save_freq": 20},
    "optim": {"lr_floor": 0.5, "betas": [0.9, 0.95], "entropy_coeff": 0, "fused": True},
    "model": {"modules": "all-linear", "layers": ["q", "v"], "dtype": "bf16", "open": None},
    "actor": {"micro_batch_size": 2, "offload": False},
    "critic": {"micro_batch_size": None},
}

TAKEN = {
    "a number": ("trainer.devices", 4),
    "a round number for a real one": ("optim.lr_floor", 1),
    "a real number where the hub's is round": ("optim.entropy_coeff", 0.01),
    "numbers": ("optim.betas", [0.8, 1]),
    "a name": ("model.dtype", "fp32"),
    "several names for one": ("model.modules", ["q_proj"]),
    "one name for several": ("model.layers", "all"),
    "no name": ("model.dtype", None),
    "no names": ("model.layers", []),
    "no numbers": ("optim.betas", []),
    "anything where the hub has nothing": ("model.open", 5),
    "nothing where the same name has nothing elsewhere": ("actor.micro_batch_size", None),
    "a word for steps": ("trainer.save_freq", "after_each_epoch"),
    "a token": ("trainer.devices", NUMBER_TOKEN),
    "a token of text": ("trainer.devices", STRING_TOKEN),
}


@pytest.mark.parametrize(("path", "value"), TAKEN.values(), ids=TAKEN)
def test_what_the_hubs_value_might_be_is_taken(path: str, value: object) -> None:
    assert values(resolve(TEMPLATE, overrides={path: value}))[path] == value


REFUSED = {
    "a word for a number": ("trainer.devices", "eight", "a whole number", None),
    "a part for a whole number": ("trainer.num_nodes", 1.5, "a whole number", None),
    "a round number with a point": ("trainer.num_nodes", 2.0, "a whole number", "write 2"),
    "true for a number": ("trainer.num_nodes", True, "a whole number", None),
    "nothing for a number": ("trainer.devices", None, "a whole number", None),
    "a number in quotes": (
        "optim.lr_floor",
        "1e-3",
        "a number",
        "write the number without quotes",
    ),
    "one number for two": (
        "optim.betas",
        0.9,
        "a list of numbers",
        "write it as a list, in brackets",
    ),
    "numbers as text": (
        "optim.betas",
        "0.9,0.95",
        "a list of numbers",
        "write it as a list, in brackets",
    ),
    "a word among numbers": (
        "optim.betas",
        [0.9, "x"],
        "a list of numbers",
        "write it as a list, in brackets",
    ),
    "a number for true or false": ("optim.fused", 1, "true or false", None),
    "true in quotes": ("optim.fused", "True", "true or false", "write true without quotes"),
    "a number for a name": ("model.dtype", 16, "text", "put it in quotes"),
    "numbers for a number": ("trainer.devices", [1], "a whole number", None),
}


@pytest.mark.parametrize(("path", "value", "kind", "fix"), REFUSED.values(), ids=REFUSED)
def test_another_type_is_refused(path: str, value: object, kind: str, fix: str | None) -> None:
    with refused() as refusal:
        resolve(TEMPLATE, overrides={path: value})
    assert refusal.only.message == f"must be {kind}, as the hub's value is"
    assert (refusal.only.path, refusal.only.fix) == (f"overrides.{path}", fix)


def test_what_an_interpolation_comes_to_counts() -> None:
    assert values(resolve(TEMPLATE, recipe="trainer: {num_nodes: '${trainer.devices}'}"))
    with refused() as refusal:
        resolve(TEMPLATE, recipe="trainer: {num_nodes: '${model.dtype}'}")
    assert (refusal.only.got, refusal.only.origin) == ("'bf16' (str)", "sft.yaml:1")


def test_a_word_that_yaml_takes_for_false_is_shown_as_it_was_written() -> None:
    with refused() as refusal:
        resolve(TEMPLATE, recipe="model: {dtype: NO}")
    assert refusal.only.got == "NO, which YAML reads as False (bool)"
    assert refusal.only.fix == "put it in quotes"
    with refused() as refusal:
        resolve({"a": "{{a}}"}, {"a": {"type": "string"}}, recipe="a: off")
    assert refusal.only.got == "off, which YAML reads as False (bool)"
    assert refusal.only.fix == "put it in quotes"


def test_a_section_without_keys_is_told_apart_from_a_value() -> None:
    with refused() as refusal:
        resolve(TEMPLATE, recipe="trainer:\noptim: {fused: false}\n")
    assert refusal.only.message == "is an empty section"
    assert refusal.only.origin == "sft.yaml:1"
    assert values(resolve(TEMPLATE, recipe="trainer: {}\n")) == values(resolve(TEMPLATE))


def test_a_key_without_a_blank_behind_it_is_told() -> None:
    with refused() as refusal:
        resolve(TEMPLATE, recipe="trainer:\n  devices:4\n")
    assert refusal.only.fix == "write a blank after the colon: 'devices: 4'"
