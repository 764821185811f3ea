"""Literals among JSONata: data stays data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.expressions import Expression
from constructs_trainers.workflows.jsonata import as_asl
from tests.support.jsonata import evaluate

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)


def test_plain_data_is_left_as_it_reads() -> None:
    data = {"a": ["s3://x", 1, True, {"b": "{{ jinja }}"}]}
    assert as_asl(data) == data


def test_an_expression_is_marked() -> None:
    assert as_asl({"Name": Expression("$jobName")}) == {"Name": "{% $jobName %}"}


@pytest.mark.parametrize(
    "text",
    ["{% x %}", " {% x %} ", "{% for m in messages %}", "ends with %}", '{% "\\\n\t" %}'],
)
def test_text_that_looks_like_an_expression_evaluates_to_itself(text: str) -> None:
    written = as_asl(text)
    assert isinstance(written, str)
    assert evaluate(written) == text


def test_null_is_written_so_that_cloudformation_keeps_it() -> None:
    assert as_asl({"a": None}) == {"a": "{% null %}"}


@given(JSON)
def test_no_string_is_left_that_step_functions_would_evaluate_or_refuse(data: object) -> None:
    def strings(value: Any) -> list[str]:  # noqa: ANN401 - any JSON value
        if isinstance(value, str):
            return [value]
        items = value.values() if isinstance(value, dict) else value
        return [s for item in items for s in strings(item)] if isinstance(items, list) else []

    for text in strings(as_asl(data)):
        if text.startswith("{%") or text.endswith("%}"):
            inner = text.removeprefix("{% ").removesuffix(" %}")
            assert text == "{% " + inner + " %}"
            json.loads(inner)
