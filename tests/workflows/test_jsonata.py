"""Writing literals so that Step Functions takes them as data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_trainers.values.expressions import Expression
from constructs_trainers.workflows.jsonata import as_asl, constant, expression, text
from tests.support.jsonata_states import evaluate

CHAT_TEMPLATE = "{% for message in messages %}{{ message }}{% endfor %}"


def as_step_functions_reads(value: object) -> object:
    """What a state makes of a value: expressions evaluated, all else as it is."""
    if isinstance(value, str):
        opens, closes = value.startswith("{%"), value.endswith("%}")
        assert opens == closes, "Step Functions refuses half an expression"
        return evaluate(value) if opens else value
    if isinstance(value, dict):
        return {key: as_step_functions_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_step_functions_reads(item) for item in value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        CHAT_TEMPLATE,
        "{% 1 + 1 %}",
        "{%",
        "%}",
        "{% half",
        "half %}",
        " {% x %} ",
        "\n{%x%}\n",
        '{% "quoted \\ $states" %}',
        "{%\u2028é😀\x07%}",
        "plain $states {{x}}",
        "",
    ],
)
def test_a_text_stays_the_text_it_is(value: str) -> None:
    assert as_step_functions_reads(as_asl(value)) == value


def test_only_what_looks_like_an_expression_is_quoted() -> None:
    assert as_asl("plain {% inside %} text") == "plain {% inside %} text"
    assert as_asl(CHAT_TEMPLATE) == "{% " + json.dumps(CHAT_TEMPLATE) + " %}"


def test_null_is_written_so_that_cloudformation_keeps_it() -> None:
    assert as_asl({"a": None, "b": [None]}) == {"a": "{% null %}", "b": ["{% null %}"]}
    assert as_step_functions_reads("{% null %}") is None


def test_an_expression_of_ours_is_marked_as_one() -> None:
    assert as_asl({"a": [Expression("$x & 1")]}) == {"a": ["{% $x & 1 %}"]}
    assert expression("$x") == "{% $x %}"


def test_other_data_is_kept() -> None:
    assert as_asl({"a": (1, 2.5), "b": {"c": True, "d": {}}}) == {
        "a": [1, 2.5],
        "b": {"c": True, "d": {}},
    }


texts = st.text(st.characters(codec="utf-8") | st.sampled_from('{}%"\\$ \n'), max_size=20)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | texts | texts.map("{{%{}%}}".format),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(data)
def test_any_data_reaches_the_service_as_it_is(value: object) -> None:
    assert as_step_functions_reads(as_asl(value)) == value


@settings(max_examples=60)
@given(texts, st.lists(texts, max_size=3))
def test_literals_in_code_are_read_back(value: str, values: list[str]) -> None:
    assert evaluate(text(value)) == value
    assert evaluate(f"$count({constant(values)})") == len(values)
    assert evaluate(f"[{constant(values)}]") in (values, [values])
