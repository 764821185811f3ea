from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.checkout.compose import compose
from constructs_trainers.hub.checkout.files import Checkout
from tests.support.small_checkout import write_checkout


def composed(folder: Path, recipe: object, **blocks: object) -> dict[str, Any]:
    files = {f"block:{name.replace('__', '/')}": content for name, content in blocks.items()}
    write_checkout(folder, {"recipe:r": recipe, "jumpstart_model-id_map.json": {}, **files})
    checkout = Checkout(folder)
    return compose(checkout, checkout.root / "tiny" / "r.yaml")


def test_a_recipe_without_blocks_is_as_it_is(tmp_path: Path) -> None:
    assert composed(tmp_path, {"a": {"b": [1]}}) == {"a": {"b": [1]}}


def test_later_blocks_win_and_mappings_are_merged(tmp_path: Path) -> None:
    recipe = {"defaults": ["/hydra_config/one", "/hydra_config/two", "_self_"], "a": {"z": 9}}
    one = "# @package recipes\na: {x: 1, y: 1, l: [1, 2]}"
    two = "# @package recipes\na: {y: 2, l: [3]}"
    assert composed(tmp_path, recipe, one=one, two=two) == {"a": {"x": 1, "y": 2, "l": [3], "z": 9}}


def test_the_recipe_itself_comes_last_unless_it_says_where(tmp_path: Path) -> None:
    one = "# @package recipes\na: 1"
    assert composed(tmp_path, {"defaults": ["/hydra_config/one"], "a": 2}, one=one) == {"a": 2}
    first = {"defaults": ["_self_", "/hydra_config/one"], "a": 2}
    assert composed(tmp_path, first, one=one) == {"a": 1}


def test_what_is_missing_takes_nothing_away(tmp_path: Path) -> None:
    recipe = {"defaults": ["_self_", "/hydra_config/one"], "a": 2}
    one = "# @package recipes\na: ???\nb: ???"
    assert composed(tmp_path, recipe, one=one) == {"a": 2, "b": "???"}


def test_a_block_goes_where_its_name_its_first_line_or_its_folder_says(tmp_path: Path) -> None:
    recipe = {
        "defaults": [
            "/hydra_config/parts/head@given",
            {"/hydra_config/parts@given.option": "head"},
            "/hydra_config/parts/head",
            "/hydra_config/parts/bare",
            "/hydra_config/parts/bare@_here_",
            "/hydra_config/parts/head@_global_.recipes.top",
        ]
    }
    head = "# words\n\n# @package recipes.told\nh: 1"
    assert composed(tmp_path, recipe, parts__head=head, parts__bare="b: 2") == {
        "given": {"h": 1, "option": {"h": 1}},
        "told": {"h": 1},
        "hydra_config": {"parts": {"b": 2}},
        "b": 2,
        "top": {"h": 1},
    }


def test_a_package_is_told_above_the_content_only(tmp_path: Path) -> None:
    one = "#\n" * 5000 + "a: 1\n# @package recipes.b"
    assert composed(tmp_path, {"defaults": ["/hydra_config/one@_here_"]}, one=one) == {"a": 1}
    assert composed(tmp_path, {"defaults": ["/hydra_config/one"]}, one=one) == {
        "hydra_config": {"a": 1}
    }


def test_blocks_of_blocks_are_found_from_where_they_stand(tmp_path: Path) -> None:
    actor = {"defaults": ["base", {"../optim@optim": "adam"}], "own": 3}
    assert composed(
        tmp_path,
        {"defaults": [{"/hydra_config/actor@config.actor": "main"}]},
        actor__main=actor,
        actor__base="base: 1",
        optim__adam="lr: 2",
    ) == {"config": {"actor": {"base": 1, "optim": {"lr": 2}, "own": 3}}}


@pytest.mark.parametrize(
    "entry", [{"override /a": "b"}, "optional /a", {"a": None}, {"a": "b", "c": "d"}, 3, "${x}/y"]
)
def test_other_ways_to_name_a_block_are_refused(tmp_path: Path, entry: object) -> None:
    with pytest.raises(HubError, match="not understood") as refused:
        composed(tmp_path, {"defaults": [entry]})
    assert refused.value.problems[0].path.endswith("tiny/r.yaml.defaults")


def test_blocks_that_are_no_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="'defaults' is not a list"):
        composed(tmp_path, {"defaults": "/hydra_config/one"})


def test_a_block_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="no such file") as refused:
        composed(tmp_path, {"defaults": ["/hydra_config/addam"]}, adam="lr: 1")
    assert refused.value.problems[0].path.endswith("hydra_config/addam.yaml")
    assert "adam.yaml" in str(refused.value.problems[0].fix)


def test_blocks_in_a_circle_are_refused(tmp_path: Path) -> None:
    one, two = {"defaults": ["two"]}, {"defaults": ["one"]}
    with pytest.raises(HubError, match="in a circle"):
        composed(tmp_path, {"defaults": ["/hydra_config/one"]}, one=one, two=two)


def test_a_block_outside_the_checkout_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1")
    inner = tmp_path / "checkout"
    with pytest.raises(HubError, match="outside the checkout"):
        composed(inner, {"defaults": ["/../../../../secret@_here_"]})


def test_a_block_cannot_lie_below_a_value(tmp_path: Path) -> None:
    recipe = {"defaults": ["_self_", "/hydra_config/one@a.b"], "a": 1}
    with pytest.raises(HubError, match=r"'recipes\.a\.b' lies below a value"):
        composed(tmp_path, recipe, one="x: 1")
