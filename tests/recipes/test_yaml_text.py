"""Recipes written as YAML read back to the same values."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.paths import leaves, same_value
from constructs_trainers.recipes.yaml_file import parse_yaml
from constructs_trainers.recipes.yaml_text import dump_yaml, parse_yaml_value
from tests.support.resolving import refused

MISLEADING = ("1e-5", "1e5", "0x1F", "1_000", "yes", "null", "~", "", "2026-01-01", "=", "<<")
SPECIAL = ("a: b", "# c", "{{x}}", "${a}", "[", "- a", "'", '"', " a ", "a\nb", "1:30", ".inf")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    MISLEADING + SPECIAL
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = SCALARS | st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(
    ["1", "yes", "null", "a b", "1e-5", "true", "é"]
)
TREES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4),
    lambda below: st.dictionaries(KEYS, below | VALUES, max_size=4),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_reads_back_to_the_same_values(tree: dict[str, object]) -> None:
    read = parse_yaml(dump_yaml(tree), shown_as="x").leaves
    expected = list(leaves(tree))
    assert [path for path, _, _ in read] == [path for path, _ in expected]
    for (_, found, _), (_, value) in zip(read, expected, strict=True):
        assert same_value(found, value)


def test_a_small_number_stays_a_number_and_its_text_stays_text_for_any_reader() -> None:
    tree = {"lr": 1e-5, "text": "1e-5", "date": "2026-01-01"}
    text = dump_yaml(tree)
    assert text == "lr: 1.0e-05\ntext: '1e-5'\ndate: '2026-01-01'\n"
    assert yaml.safe_load(text) == tree


@pytest.mark.parametrize(
    "text", ["\x85", "a\x85b", "\u2028", "a\n\u2029b", "a\r\nb", "\ufeff", "\x00"]
)
def test_unusual_line_breaks_are_kept(text: str) -> None:
    (leaf,) = parse_yaml(dump_yaml({"a": text}), shown_as="x").leaves
    assert leaf[1] == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("3", 3),
        ("3.0", 3.0),
        ("true", True),
        ("null", None),
        ("", None),
        ("cosine", "cosine"),
        ("'3'", "3"),
        ("s3://bucket/a", "s3://bucket/a"),
        ("[0.9, 0.95]", [0.9, 0.95]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)
def test_a_value_is_read_as_in_a_recipe_file(text: str, value: object) -> None:
    assert same_value(parse_yaml_value(text, shown_as="--override"), value)


@pytest.mark.parametrize("text", ["a: b", "[1", "!!python/none x", "1\nother: 2"])
def test_what_is_no_one_value_is_refused(text: str) -> None:
    with refused():
        parse_yaml_value(text, shown_as="--override")
