from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from constructs_trainers.values.short_repr import short_repr, short_text


@pytest.mark.parametrize("value", ["text", 5, 1.5, None, True, [1], {"a": "b"}])
def test_small_values_are_shown_as_written(value: object) -> None:
    assert short_repr(value) == repr(value)


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(1000)), 10**300, 10**5000], ids=type)
def test_large_values_are_cut(value: object) -> None:
    assert len(short_repr(value)) <= 200


@pytest.mark.parametrize(
    "value",
    [
        ["x" * 1000] * 10,
        {f"{n}" * 300: "y" * 1000 for n in range(10)},
        "\x1b" * 1000,
        [[["\u202e" * 100] * 9] * 9] * 9,
    ],
)
def test_what_holds_much_is_cut_as_a_whole(value: object) -> None:
    assert len(short_repr(value)) <= 200


TEARING = [*map(chr, range(32)), *"\x7f\x85\u2028\u2029\ufeff\ud800"]
DIRECTIONS = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"]


@pytest.mark.parametrize("sign", [*TEARING, *DIRECTIONS], ids=ascii)
def test_no_sign_tears_a_message_or_turns_it_around(sign: str) -> None:
    class Loud:
        def __repr__(self) -> str:
            return f"Loud {sign}"

    for value in (sign, [sign], {sign: sign}, Loud(), Group(prefix=sign)):
        assert short_repr(value).isprintable()
    assert short_text(f"a{sign}b").isprintable()


def test_text_without_quotes_is_left_as_it_is_or_cut() -> None:
    assert short_text("recipes/my recipe's.yaml") == "recipes/my recipe's.yaml"
    assert short_text("ä" * 200) == "ä" * 200
    assert short_text("") == ""
    assert len(short_text("x" * 201)) <= 200


@dataclass(frozen=True)
class Group:
    bucket: object = None
    prefix: str | None = None
    count: int = 5


def test_of_a_group_what_was_given_is_shown() -> None:
    assert short_repr(Group(prefix="x")) == "Group(prefix='x')"
    assert short_repr([Group(), Group(count=3)]) == "[Group(), Group(count=3)]"


def test_a_construct_is_shown_by_its_path() -> None:
    trainer = type("SFTTrainer", (), {"node": SimpleNamespace(path="Stack/Sft")})()
    assert short_repr(trainer) == "SFTTrainer 'Stack/Sft'"
    assert short_repr(Group(bucket=trainer)) == "Group(bucket=SFTTrainer 'Stack/Sft')"
