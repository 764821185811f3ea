"""Interpolation between the values of a recipe."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf, __version__

from constructs_trainers.recipes.interpolation import has_interpolation, interpolate
from tests.support.resolving import (
    LIST_TOKEN,
    NUMBER_TOKEN,
    STRING_TOKEN,
    leaf,
    refused,
    resolve,
    values,
)

_FAR = "a_long_way:\n  down:\n    lr: ${.nope}\n"
SECRET = "only-in-the-environment"  # noqa: S105 - no real one


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECIPE_SECRET", SECRET)


def value_of(text: object, /, **others: object) -> object:
    """What a leaf holds at last, beside other leaves."""
    return leaf(resolve({"leaf": text, **others}), "leaf").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${x}", 6),
        ("${a.b}", "deep"),
        ("v${x}-${a.b}", "v6-deep"),
        ("${multiply:${x},2}", 12),
        ("${multiply: ${x} , 0.5 }", 3.0),
        ("${ add : ${x},1,2.5}", 9.5),
        ("${add:}", 0),
        ("${divide_ceil:${x},4}", 2),
        ("${divide_floor:${x},4}", 1),
        ("${divide_floor:-7,2}", -4),
        ("${multiply:${add:1,${x}},${divide_ceil:7,2}}", 28),
        ("${oc.select:x}", 6),
        ("${oc.select:nope}", None),
        ("${oc.select:nope,7}", 7),
        ("${oc.select:a.b,7}", "deep"),
        ("${a}", {"b": "deep"}),
        ("${l}", [1, 2]),
        ("${a.${k}}", "deep"),
        (["${x}", {"y": "${l}"}], [6, {"y": [1, 2]}]),
        (r"\${x}", "${x}"),
        (r"\${multiply:1,2}", "${multiply:1,2}"),
        (r"\\${x}", "\\6"),
        (r"a\b", r"a\b"),
        ("$x {x}", "$x {x}"),
    ],
)
def test_an_expression_has_the_value_of_omegaconfs_grammar(text: object, value: object) -> None:
    found = value_of(text, x=6, a={"b": "deep"}, l=[1, 2], k="b")
    assert found == value
    assert type(found) is type(value)


def test_keys_may_be_relative() -> None:
    recipe = resolve(
        {"a": {"lr": 2, "b": {"x": "${..lr}", "y": "${.x}", "z": "${...top}"}}, "top": 3}
    )
    assert values(recipe) == {"a.lr": 2, "a.b.x": 2, "a.b.y": 2, "a.b.z": 3, "top": 3}


def test_an_interpolation_follows_what_the_layers_set() -> None:
    template = {"steps": "{{max_steps}}", "warm": "${divide_ceil:${steps},10}"}
    spec = {"max_steps": {"type": "integer", "default": 100}}
    assert leaf(resolve(template, spec), "warm").value == 10
    recipe = resolve(template, spec, hyperparameters={"max_steps": 31})
    assert leaf(recipe, "warm").value == 4
    assert leaf(recipe, "warm").default == 10


@pytest.mark.parametrize(
    "text",
    [
        "${oc.env:RECIPE_SECRET}",
        "${ oc.env : RECIPE_SECRET}",
        "a ${oc.env:RECIPE_SECRET} b",
        "${oc.${name}:RECIPE_SECRET}",
        "${${whole}:RECIPE_SECRET}",
        '${oc.decode:"\\${oc.env:RECIPE_SECRET}"}',
        "${oc.decode:${text}}",
        "${oc.select:nope,${oc.env:RECIPE_SECRET}}",
        r"${oc.select:nope,\${oc.env:RECIPE_SECRET}}",
        r"${oc.select:nope,\\\${oc.env:RECIPE_SECRET}}",
        r"${oc.select:nope,x\${oc.env:RECIPE_SECRET}}",
        "${oc.select:nope,'${oc.env:RECIPE_SECRET}'}",
        "${oc.select:'}${oc.env:RECIPE_SECRET}'}",
        "${oc.select:nope,[{a: ${oc.env:RECIPE_SECRET}}]}",
        "${a[${oc.env:RECIPE_SECRET}]}",
        r"\\${oc.env:RECIPE_SECRET}",
        ["${oc.env:RECIPE_SECRET}"],
        [{"a": "${oc.env:RECIPE_SECRET}"}],
        "${oc.create:{a: 1}}",
        "${oc.dict.values:a}",
        "${oc.deprecated:a}",
    ],
)
def test_nothing_but_the_recipe_is_read(text: object) -> None:
    with refused() as refusal:
        value_of(text, name="env", whole="oc.env", text=r"\${oc.env:RECIPE_SECRET}", a=[1])
    assert SECRET not in refusal.text
    assert refusal.paths == ["leaf"]
    assert "oc.select" in str(refusal.only.allowed)


@pytest.mark.parametrize(
    "text",
    [
        "${oc.select:text}",
        "${text}",
        r"${oc.select:nope,'\${oc.env:RECIPE_SECRET}'}",
        r"${oc.select:nope,['\${oc.env:RECIPE_SECRET}']}",
        "${dollar}{oc.env:RECIPE_SECRET}",
    ],
)
def test_text_that_looks_like_a_resolver_is_never_run(text: str) -> None:
    template = {
        "leaf": text,
        "again": "${leaf}",
        "text": r"\${oc.env:RECIPE_SECRET}",
        "dollar": "$",
    }
    assert SECRET not in str(values(resolve(template)))


@given(
    st.lists(
        st.sampled_from(
            [*"\\\\\\'\"{},[]:$a ", "${", "${oc.env:RECIPE_SECRET}", "}", "oc.select:b,"]
        )
    )
)
@example([r"${oc.select:b,", "\\", "${oc.env:RECIPE_SECRET}", "}"])
def test_no_text_gets_at_the_environment(pieces: list[str]) -> None:
    text = "".join(pieces)
    found, wrong = interpolate({("leaf",): text, ("a",): 1})
    assert SECRET not in str(found)
    assert SECRET not in str(wrong)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${nope}", "no key 'nope': leaf -> nope"),
        ("${x.y}", "x.y"),
        ("${leaf}", "cycle: leaf -> leaf"),
        ("${other}", "cycle: leaf -> other -> leaf"),
        ("${leaf.x}", "cycle: leaf -> leaf"),
        ("${multiply:1}", "takes two numbers, got 1"),
        ("${multiply:ab,2}", "expected a number, got 'ab'"),
        ("${multiply:true,2}", "expected a number, got True"),
        ("${divide_ceil:1,0}", "division by zero"),
        ("${oc.select:}", "key"),
        ("${", "not a valid interpolation"),
        ("${}", "not a valid interpolation"),
        ("${x", "not a valid interpolation"),
        ("${a b}", "not a valid interpolation"),
        ("${multiplly:1,2}", "unknown resolver 'multiplly'"),
        ("${multiply:1e308,10}", "finite"),
        ("${add:nan}", "finite"),
        (f"${{multiply:1{'0' * 400},2}}", "too large"),
        ("${add:1," * 300 + "1" + "}" * 300, "deep"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_at_its_leaf(text: str, says: str) -> None:
    with refused() as refusal:
        resolve({"leaf": "", "other": "${leaf}", "x": 1}, overrides={"leaf": text})
    problem = next(problem for problem in refusal.problems if problem.path == "leaf")
    assert says in str(problem)
    assert problem.origin == "overrides"


@pytest.mark.parametrize(
    ("leaves", "message"),
    [
        ({"a": "${b}", "b": "x-${c.d}", "c.d": "${e}"}, "no key 'e': a -> b -> c.d -> e"),
        ({"a": "${b}", "b": "${c.d}", "c.d": "${.e}", "c.e": "${a}"}, "a -> b -> c.d -> c.e -> a"),
        ({"a": ["${c}"], "c.d": "${add:1,${nope}}"}, "no key 'nope': a -> c.d -> nope"),
        ({"a": "${recipes.b}", "b": "${training.nope}"}, "no key 'nope': a -> b -> nope"),
        ({"a": "${oc.select:b}", "b": "${oc.select:a}"}, "in a cycle: a -> b -> a"),
        ({"a": "${b}", "b": "${multiply:x,2}"}, "expected a number, got 'x': a -> b"),
        ({"a": "${b[c].d}"}, "no key 'b.c.d': a -> b.c.d"),
    ],
)
def test_the_whole_chain_to_what_is_wrong_is_named(leaves: dict[str, object], message: str) -> None:
    _, wrong = interpolate({tuple(path.split(".")): value for path, value in leaves.items()})
    assert message in wrong[("a",)][0].message


def test_the_nearest_key_is_suggested_for_a_missing_one() -> None:
    with refused() as refusal:
        resolve({"run": {"name": "x"}, "a": ""}, overrides={"a": "${run.nmae}"})
    assert refusal.only.fix == "did you mean 'run.name'?"
    with refused() as refusal:
        resolve({"a_long_way": {"down": {"seed": 1, "lr": 2}}}, recipe=_FAR)
    assert refusal.only.fix is None


@pytest.mark.parametrize("root", ["recipes", "training"])
def test_a_recipe_may_refer_to_itself_below_the_launchers_roots(root: str) -> None:
    recipe = resolve({"a": f"${{{root}.b.c}}", "b": {"c": "${.d}", "d": 3}})
    assert values(recipe) == {"a": 3, "b.c": 3, "b.d": 3}


def test_a_root_that_the_recipe_has_itself_is_its_own() -> None:
    assert values(resolve({"training": {"a": 1}, "b": "${training.a}", "a": 2}))["b"] == 1


def test_what_the_hubs_recipe_leaves_to_the_launcher_stays_as_it_is_written() -> None:
    template = {"dir": "${base_results_dir}/${name}", "log": "${dir}/log", "name": "run", "x": 1}
    recipe = resolve(template, overrides={"x": 2})
    assert values(recipe) == template | {"x": 2}
    with refused() as refusal:
        resolve(template, overrides={"x": "${log}"})
    assert refusal.only.message == (
        "the recipe has no key 'base_results_dir': x -> log -> dir -> base_results_dir"
    )


def test_all_expressions_that_fail_are_named_with_their_lines() -> None:
    with refused() as refusal:
        resolve({"a": 1, "b": {"c": 2, "d": 3}}, recipe="a: ${x}\nb:\n  c: ${y}\n  d: ${a}\n")
    assert [problem.origin for problem in refusal.problems] == [
        "sft.yaml:1",
        "sft.yaml:3",
        "sft.yaml:4",
    ]


def test_a_parameter_without_a_place_is_named_as_it_is() -> None:
    with refused() as refusal:
        resolve({"a": 1}, {"free": {}}, hyperparameters={"free": "${nope}"})
    assert refusal.paths == ["free"]
    assert "\ue002" not in refusal.text


def test_products_of_products_do_not_grow_without_end() -> None:
    template: dict[str, object] = {"x0": 10**300}
    template |= {f"x{i}": f"${{multiply:${{x{i - 1}}},${{x{i - 1}}}}}" for i in range(1, 7)}
    started = time.process_time()
    with refused():
        resolve(template)
    assert time.process_time() - started < 3


@pytest.mark.parametrize("token", [STRING_TOKEN, LIST_TOKEN, NUMBER_TOKEN])
def test_a_token_comes_through_an_interpolation_untouched(token: object) -> None:
    template = {
        "a": "${b}",
        "b": token,
        "c": ["${b}"],
        "d": "${oc.select:b}",
        "e": "${oc.select:n,${b}}",
    }
    found = values(resolve(template))
    assert found == {"a": token, "b": token, "c": [token], "d": token, "e": token}


def test_tokens_within_interpolated_text_are_kept() -> None:
    text = "s3://${Token[Bucket.1]}/${x}/#{Token[B.2]}${Token[A.3]}"
    assert value_of(text, x="k") == "s3://${Token[Bucket.1]}/k/#{Token[B.2]}${Token[A.3]}"
    assert value_of("${oc.select:nope,${Token[A.1]}}") == "${Token[A.1]}"
    assert value_of("$${Token[A.1]}{x}") == "$${Token[A.1]}{x}"


@pytest.mark.parametrize("text", ["${multiply:${b},2}", "n-${b}", "${add:1,${b}}"])
def test_a_number_that_is_not_known_yet_is_no_part_of_text_or_arithmetic(text: str) -> None:
    with refused() as refusal:
        value_of(text, b=NUMBER_TOKEN)
    assert refusal.paths == ["leaf"]
    assert "token" in refusal.only.message


def test_text_like_our_own_marks_is_kept() -> None:
    text = "constructs_trainers_token_0_ \ue0000\ue001 constructs_trainers.add"
    assert value_of(text + " ${x}", x=1) == text + " 1"


def test_an_applications_own_resolvers_stay_its_own() -> None:
    is_renamed = not __version__.startswith("2.3.")
    register = OmegaConf.register_resolver if is_renamed else OmegaConf.register_new_resolver
    register("multiply", lambda *_: "theirs")
    try:
        assert value_of("${multiply:2,3}") == 6
        assert OmegaConf.create({"a": "${multiply:2,3}"}).a == "theirs"
        OmegaConf.clear_resolvers()
        assert value_of("${multiply:2,3}") == 6
    finally:
        OmegaConf.clear_resolvers()


def test_only_what_is_no_token_counts_as_interpolation() -> None:
    assert not has_interpolation(STRING_TOKEN + "$ {x}")
    assert not has_interpolation([1, {"a": STRING_TOKEN}])
    assert has_interpolation(["x", {"a": STRING_TOKEN + "${x}"}])
    assert has_interpolation(r"\${x}")
