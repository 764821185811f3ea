"""Placeholders of recipe templates."""

from __future__ import annotations

import pytest

from constructs_trainers.recipes.template import RecipeTemplate

VALUES = {"x": 1, "name": "a: b # {{y}}", "none": None, "list": [1], "k.v-1": 2, "t": True}


def render(value: object) -> object:
    return RecipeTemplate({"leaf": value}).render_leaf(("leaf",), VALUES.get)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{{x}}", 1),
        ("{{ x }}", 1),
        ("'{{x}}'", 1),
        (' "{{x}}" ', 1),
        ("{{none}}", None),
        ("{{unknown}}", None),
        ("{{list}}", [1]),
        ("{{t}}", True),
        ("{{k.v-1}}", 2),
        ("{{name}}", "a: b # {{y}}"),
        ("a-{{x}}-{{name}}", "a-1-a: b # {{y}}"),
        ("a-{{none}}", "a-"),
        ("{{x}}{{x}}", "11"),
        (["{{x}}", {"k": "{{x}}b"}], [1, {"k": "1b"}]),
        ("{x}", "{x}"),
        ("{{1x}}", "{{1x}}"),
        ("{{}}", "{{}}"),
        ("{% if x %}{{ x.y }}{% endif %}", "{% if x %}{% endif %}"),
        (5, 5),
        ({}, {}),
    ],
)
def test_a_placeholder_becomes_its_value(written: object, value: object) -> None:
    found = render(written)
    assert found == value
    assert type(found) is type(value)


def test_a_list_is_a_copy_placeholders_or_not() -> None:
    values: list[object] = [["{{x}}"], [1], {}]
    for written in values:
        assert render(written) is not written


def test_it_is_known_where_each_parameter_stands() -> None:
    template = RecipeTemplate(
        {"a": "{{x}}", "b": {"c": "x {{x}} {{y}} {{x}}", "d": ["{{x}}"], "e": 1}}
    )
    assert template.whole == {("a",): "x"}
    assert template.names == {("a",): ("x",), ("b", "c"): ("x", "y"), ("b", "d"): ("x",)}
    assert template.locations == {"x": [("a",), ("b", "c"), ("b", "d")], "y": [("b", "c")]}
    assert list(template.leaves) == [("a",), ("b", "c"), ("b", "d"), ("b", "e")]
