"""Agreement with 259 recorded calls of the reference's resolver, but where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.paths import dotted, leaves, same_value, tree_of
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.template import RecipeTemplate
from constructs_trainers.recipes.validation import value_problems
from tests.support.resolving import resolve

FILE = Path(__file__).parents[3] / "shared" / "oracle" / "recorded_resolver_calls.json"

_TYPO = "an unknown key is refused; the reference drops it with a log line"
_PROTECTED = "a protected key is refused; the reference drops it with a log line"
# Row to why ours is another answer: what the reference accepts and we refuse.
STRICTER = {
    42: _PROTECTED,
    78: _PROTECTED,
    83: _PROTECTED,
    175: _PROTECTED,
    180: _PROTECTED,
    87: _TYPO,
    96: _TYPO,
    100: _TYPO,
    114: "a list cannot travel as text; the reference drops it without a word",
    115: "two leaves of one name; the reference sends the last and loses the first",
    126: "the empty text is not in the enum; the reference lets it pass any enum",
    127: "a default that is not in its enum was given by a user; the hub's own use of it passes",
}
_COMPUTE = "instance types are no recipe value here: a serverless job has none to choose"
# Row to why ours is another answer: what the reference refuses and we do not look at here.
ELSEWHERE = {137: _COMPUTE, 139: _COMPUTE}


def rows() -> list[dict[str, Any]]:
    if not FILE.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def render_template(row: dict[str, Any]) -> object:
    """The template with the defaults, and where each placeholder stands (the last place)."""
    template, spec = row["args"]
    placeholders = RecipeTemplate(template).locations
    places = {name: dotted(paths[-1]) for name, paths in placeholders.items()}
    return {"$tuple": [resolve(template, spec).to_dict(), places]}


def validate_value(row: dict[str, Any]) -> object:
    """None, or a refusal."""
    name, value, entry, source = row["args"][:4]
    parameter = OverrideSpec.from_json({name: entry}, shown_as="spec")[name]
    problems = value_problems(name, value, parameter, source)
    if problems:
        raise RecipeError("value", problems)
    return None


def flatten_resolved_recipe(row: dict[str, Any]) -> object:
    """What is sent of a recipe whose every leaf a layer gave, as text; nulls are not sent."""
    (recipe,) = row["args"]
    blank = tree_of({path: None for path, _ in leaves(recipe)})
    resolved = resolve(blank, overrides=recipe)
    return serverless_hyperparameters(resolved, number_token_as_text=str)


def resolve_recipe(row: dict[str, Any]) -> object:
    """The resolved recipe."""
    given = row["kwargs"]
    return resolve(
        given["full_recipe_template"] or given["recipe_template"],
        given["override_spec"],
        recipe=(given["user_recipe_path"] or {}).get("$file_text"),
        overrides=given["overrides"],
        protected=dict.fromkeys(given["protected_keys"]["$set"], "leave it"),
    ).to_dict()


ADAPTERS = {
    "render_template": render_template,
    "_validate_value": validate_value,
    "flatten_resolved_recipe": flatten_resolved_recipe,
    "RecipeResolver.resolve": resolve_recipe,
}


def expected(row: dict[str, Any]) -> object:
    answer = row["returns"]
    if row["fn"] == "flatten_resolved_recipe":
        return {name: str(value) for name, value in answer.items() if value is not None}
    return answer


def agreement(row: dict[str, Any]) -> str | None:
    """What differs, or None."""
    try:
        ours = ADAPTERS[row["fn"]](row)
    except RecipeError as error:
        return None if "raises" in row else f"refused: {error}"
    if "raises" in row:
        return f"accepted, where the reference says: {row['raises']['message']}"
    return None if same_value(ours, expected(row)) else f"{ours!r} is not {expected(row)!r}"


@pytest.mark.skipif(not FILE.is_file(), reason="the recorded calls are not beside the checkout")
@pytest.mark.parametrize("number", range(len(rows()) or 1))
def test_we_answer_as_the_reference_does_where_it_is_right(number: int) -> None:
    row = rows()[number]
    difference = agreement(row)
    if number in STRICTER:
        assert difference is not None
        assert difference.startswith("refused: ")
    elif number in ELSEWHERE:
        assert row["kwargs"]["compute"] is not None or "Compute" in row["raises"]["message"]
        assert difference is not None
    else:
        assert difference is None


@pytest.mark.skipif(not FILE.is_file(), reason="the recorded calls are not beside the checkout")
def test_all_recorded_calls_are_there() -> None:
    assert len(rows()) == 259
    assert {row["fn"] for row in rows()} == set(ADAPTERS)
