"""The outcome of a resolution."""

from __future__ import annotations

import hashlib
import json

from tests.support.resolving import LIST_TOKEN, NUMBER_TOKEN, STRING_TOKEN, resolve

TEMPLATE = {"b": {"lr": "{{lr}}", "betas": [0.9]}, "a": "ä"}
SPEC = {"lr": {"default": 0.1}, "flash": {"default": True}}


def refuse(value: object) -> object:
    msg = f"no token: {value!r}"
    raise AssertionError(msg)


def test_the_digest_is_that_of_the_documented_document() -> None:
    document = {
        "recipe": {"a": "ä", "b": {"betas": [0.9], "lr": 0.1}},
        "parameters": {"flash": True},
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    expected = hashlib.sha256(text.encode("ascii")).hexdigest()
    assert resolve(TEMPLATE, SPEC).digest(refuse) == expected


def test_the_digest_is_of_values_not_of_how_they_were_written() -> None:
    base = resolve(TEMPLATE, SPEC).digest(refuse)
    written = resolve({"c": 0.1, "b": {"lr": "${c}", "x": 1}}).digest(refuse)
    assert resolve({"b": {"x": 1, "lr": 0.1}, "c": 0.1}).digest(refuse) == written
    same = resolve(TEMPLATE, SPEC, overrides={"b": {"lr": 0.1}}, hyperparameters={"flash": True})
    assert same.digest(refuse) == base
    for change in ({"lr": 0.2}, {"flash": False}, {"betas": [0.9, 1]}, {"a": None}):
        assert resolve(TEMPLATE, SPEC, overrides=change).digest(refuse) != base


def test_a_tokens_number_does_not_move_the_digest() -> None:
    def digest(number: int) -> str:
        given = {"a": f"s3://${{Token[A.{number}]}}", "b": {"betas": [f"#{{Token[B.{number}]}}"]}}
        return resolve(TEMPLATE, SPEC, overrides=given).digest(lambda _: {"Ref": "Bucket"})

    assert digest(1) == digest(22)
    found: list[object] = []
    given = {"a": STRING_TOKEN, "lr": NUMBER_TOKEN, "betas": LIST_TOKEN}
    resolve(TEMPLATE, SPEC, overrides=given).digest(found.append)
    assert sorted(map(repr, found)) == sorted(map(repr, given.values()))


def test_what_differs_from_the_hub_is_listed() -> None:
    recipe = resolve(
        {**TEMPLATE, "twice": "${add:${b.lr},${b.lr}}", "same": "${a}"},
        SPEC,
        overrides={"lr": 0.2, "flash": True},
    )
    changed = {getattr(item, "path", None) or item.default: item.value for item in recipe.changed}
    assert changed == {("b", "lr"): 0.2, ("twice",): 0.4}


def test_the_dict_is_the_callers_to_change() -> None:
    recipe = resolve(TEMPLATE, SPEC)
    first = recipe.to_dict()
    first["b"] = 1
    assert recipe.to_dict() == {"b": {"lr": 0.1, "betas": [0.9]}, "a": "ä"}
    assert TEMPLATE["b"] == {"lr": "{{lr}}", "betas": [0.9]}
