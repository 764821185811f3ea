"""Recognising CDK tokens."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.values.tokens import is_number_token, is_token
from tests.support.resolving import LIST_TOKEN, NUMBER_TOKEN, STRING_TOKEN


@pytest.mark.parametrize(
    "value",
    [
        STRING_TOKEN,
        f"s3://{STRING_TOKEN}/x",
        LIST_TOKEN,
        (LIST_TOKEN,),
        NUMBER_TOKEN,
        [1, [NUMBER_TOKEN]],
        {"a": {"b": STRING_TOKEN}},
        {STRING_TOKEN: 1},
    ],
)
def test_a_token_is_found_wherever_it_stands(value: object) -> None:
    assert is_token(value)


@pytest.mark.parametrize(
    "value",
    ["${x}", "$Token[A.1]", "${Token}", 1, True, None, -2.1e289, 1.88e289, [], {}, "", 10**400],
)
def test_what_only_looks_like_a_token_is_data(value: object) -> None:
    assert not is_token(value)


@given(st.integers(0, 2**48 - 1))
def test_every_number_cdk_can_make_is_a_token(index: int) -> None:
    (number,) = struct.unpack(">d", struct.pack(">Q", 0xFBFF << 48 | index))
    assert is_number_token(number)


@given(st.floats(-1e288, 1e308) | st.integers() | st.booleans())
def test_no_number_of_a_recipe_is_a_token(number: float) -> None:
    assert not is_number_token(number)
