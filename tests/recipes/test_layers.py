"""The layers over the hub's recipe."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.recipes.layers import (
    Entry,
    Layer,
    Origin,
    mapping_layer,
    recipe_file_layer,
)
from tests.support.resolving import STRING_TOKEN, refused, resolve

if TYPE_CHECKING:
    from pathlib import Path


def entries(layer: Layer) -> dict[tuple[str, ...], object]:
    return {entry.written: entry.value for entry in layer.entries}


def test_a_file_gives_full_paths_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "sft.yaml"
    file.write_text("a:\n  b: 1\nc: []\n", encoding="utf-8")
    layer = recipe_file_layer(file, shown_as="recipes/sft.yaml")
    assert not layer.short_names
    assert entries(layer) == {("a", "b"): 1, ("c",): []}
    assert [str(entry.origin) for entry in layer.entries] == [
        "recipes/sft.yaml:2",
        "recipes/sft.yaml:3",
    ]
    assert layer.entries[0].problem("bad").path == "a.b"
    assert layer.entries[0].problem("bad").origin == "recipes/sft.yaml:2"


def test_a_prop_gives_its_leaves_under_its_own_name() -> None:
    layer = mapping_layer("overrides", MappingProxyType({"a": {"b": 1, "c": {}}, "d.e": None}))
    assert layer.short_names
    assert entries(layer) == {("a", "b"): 1, ("a", "c"): {}, ("d.e",): None}
    problem = layer.entries[0].problem("bad", fix="mend it")
    assert (problem.path, problem.origin, problem.fix) == ("overrides.a.b", None, "mend it")


@pytest.mark.parametrize("values", ["a", 1, ["a"], None, {1, 2}, b"x"])
def test_a_prop_that_is_no_mapping_is_refused_by_its_name(values: object) -> None:
    with refused() as refusal:
        mapping_layer("overrides", values)
    assert refusal.paths == ["overrides"]


def test_all_keys_that_are_no_text_are_named() -> None:
    with refused() as refusal:
        mapping_layer("overrides", {1: 2, "a": {"": 3, None: 4, "ok": 5}})
    assert refusal.paths == ["overrides", "overrides.a", "overrides.a"]
    assert [problem.got for problem in refusal.problems] == ["1", "''", "None"]


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: dict[str, object] = {}
    loop["a"] = loop
    endless: list[object] = []
    endless.append(endless)
    for values in (loop, {"a": endless}):
        with refused() as refusal:
            mapping_layer("overrides", values)
        assert refusal.paths == ["overrides"]


def test_what_the_caller_changes_later_changes_no_recipe() -> None:
    betas = [0.9, {"x": 1}]
    layer = mapping_layer("overrides", {"betas": betas})
    betas.append(1)
    assert layer.entries[0].value == [0.9, {"x": 1}]
    recipe = resolve({"betas": []}, overrides={"betas": betas})
    recipe.to_dict()["betas"] = None
    assert recipe.leaves[0].value == betas


def test_a_tuple_is_a_list() -> None:
    assert resolve({"a": ["x"]}, overrides={"a": (1, (2,))}).to_dict() == {"a": [1, [2]]}


class Size(str, enum.Enum):  # noqa: UP042 - its str() is not its value
    BIG = "big"


@pytest.mark.parametrize("value", [Size.BIG, b"x", {1}, object(), 1j, [Size.BIG], [{"a": b"x"}]])
def test_a_value_that_yaml_has_no_form_for_is_refused(value: object) -> None:
    with refused() as refusal:
        resolve({"size": "small"}, overrides={"size": value})
    assert refusal.only.path.startswith("overrides.size")


def test_origins_read_as_people_name_them() -> None:
    assert str(Origin("hyperparameters")) == "hyperparameters"
    assert str(Origin("recipe", "sft.yaml", 3)) == "sft.yaml:3"
    assert Entry(("a", "b"), STRING_TOKEN, Origin("overrides")).label == "overrides.a.b"
