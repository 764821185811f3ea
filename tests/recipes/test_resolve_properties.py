"""What holds for every template, spec and set of layers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.paths import dotted, leaves
from tests.support.resolving import LIST_TOKEN, NUMBER_TOKEN, STRING_TOKEN, refused, resolve, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.errors import Problem

NAMES = ["lr", "seed", "steps", "name", "opt", "a.b"]
PARAMETERS = ["lr", "global_batch", "steps", "p"]
TOKENS = [STRING_TOKEN, LIST_TOKEN, NUMBER_TOKEN]

names = st.sampled_from(NAMES)
scalars = (
    st.none() | st.booleans() | st.integers(-3, 300) | st.floats(-1, 1) | st.sampled_from("xy")
)
texts = st.sampled_from(
    [f"{{{{{p}}}}}" for p in PARAMETERS]
    + ["v-{{p}}", "${lr}", "${.seed}", "${add:1,${steps}}", r"\${lr}", "${oc.env:HOME}", "${"]
)
template_leaves: st.SearchStrategy[object] = (
    scalars | texts | st.just([1, "{{lr}}"]) | st.just({}) | st.just([])
)
templates = st.dictionaries(
    names,
    st.recursive(
        template_leaves,
        lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
entry = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["float", "integer", "string", "boolean", "other", None]),
        "default": scalars,
        "min": st.none() | st.integers(-2, 2),
        "max": st.none() | st.integers(3, 200),
        "enum": st.none() | st.lists(scalars, min_size=1, max_size=3),
        "required": st.booleans() | st.none(),
    },
)
specs = st.dictionaries(st.sampled_from(PARAMETERS), entry)
layer_values = scalars | st.sampled_from(TOKENS) | texts | st.lists(scalars, max_size=2)
keys = st.sampled_from(
    [*NAMES, *PARAMETERS, "training_config", "opt.lr", "model_type", "nope", "."]
)
layers = st.none() | st.dictionaries(
    keys,
    st.recursive(layer_values, lambda inner: st.dictionaries(keys, inner), max_leaves=4),
    max_size=3,
)
PROTECTED = {"model_type": "choose the model"}


def hold_problems(error: RecipeError) -> None:
    """Every problem says where it is, and once."""
    assert error.problems
    assert all(problem.path and problem.message for problem in error.problems)
    assert len(set(error.problems)) == len(error.problems)


def outcome(template: dict[str, Any], spec: dict[str, Any], *given_layers: object) -> object:
    """The values with their origins, or what is wrong, without regard to order."""
    overrides, hyperparameters = given_layers
    try:
        recipe = resolve(
            template,
            spec,
            overrides=overrides,
            hyperparameters=hyperparameters,
            protected=PROTECTED,
        )
    except RecipeError as error:
        hold_problems(error)
        return "refused"
    assert [found.path for found in recipe.leaves] == [path for path, _ in leaves(template)]
    return {
        dotted(f.path): (repr(f.value), str(f.origin), repr(f.default)) for f in recipe.leaves
    } | {f.name: (repr(f.value), str(f.origin), repr(f.default)) for f in recipe.parameters}


def shuffled(value: object, order: random.Random) -> object:
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(item, order)) for key, item in value.items()]
    order.shuffle(items)
    return dict(items)


@given(templates, specs, layers, layers, st.randoms(use_true_random=False))
def test_the_outcome_does_not_depend_on_the_order_in_which_a_layer_is_written(
    template: dict[str, Any],
    spec: dict[str, Any],
    first: object,
    second: object,
    order: random.Random,
) -> None:
    expected = outcome(template, spec, first, second)
    assert outcome(template, spec, first, second) == expected
    assert outcome(template, spec, shuffled(first, order), shuffled(second, order)) == expected


@given(templates, specs, layers, layers)
def test_what_is_resolved_can_be_sent_or_is_refused(
    template: dict[str, Any], spec: dict[str, Any], first: object, second: object
) -> None:
    try:
        recipe = resolve(template, spec, overrides=first, hyperparameters=second)
        assert dict(leaves(recipe.to_dict())).keys() >= {
            f.path for f in recipe.leaves if f.value != {}
        } - {f.path for f in recipe.leaves if isinstance(f.value, dict)}
        recipe.digest(lambda value: ["token", repr(value)])
        sent = serverless_hyperparameters(recipe, number_token_as_text=lambda _: STRING_TOKEN)
    except RecipeError as error:
        hold_problems(error)
        return
    assert all(isinstance(value, str) for value in sent.values())
    assert "-1.88" not in str(sent)


plain = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.dictionaries(st.sampled_from(["d", "e", "f"]), st.integers(), min_size=1),
    min_size=1,
)


@given(plain, st.data())
def test_each_leaf_has_the_value_of_the_highest_layer_that_sets_it(
    template: dict[str, Any], data: st.DataObject
) -> None:
    paths = [dotted(path) for path, _ in leaves(template)]
    drawn = [
        data.draw(st.dictionaries(st.sampled_from(paths), st.integers() | st.sampled_from(TOKENS)))
        for _ in range(3)
    ]
    file = drawn[0] = {path: value for path, value in drawn[0].items() if isinstance(value, int)}
    text = "".join(f"{path}: {value}\n" for path, value in file.items())
    recipe = resolve(template, recipe=text or None, overrides=drawn[1], hyperparameters=drawn[2])
    expected = {dotted(path): value for path, value in leaves(template)}
    origins = dict.fromkeys(expected, "hub")
    for layer, name in zip(drawn, ("sft.yaml", "overrides", "hyperparameters"), strict=True):
        expected |= layer
        origins |= dict.fromkeys(layer, name)
    assert values(recipe) == expected
    assert {dotted(f.path): str(f.origin).split(":")[0] for f in recipe.leaves} == origins


@given(templates, specs, layers, layers)
def test_resolving_what_is_resolved_changes_nothing(
    template: dict[str, Any], spec: dict[str, Any], first: object, second: object
) -> None:
    try:
        once = resolve(template, spec, overrides=first, hyperparameters=second)
    except RecipeError as error:
        hold_problems(error)
        return
    # Text that reads like an interpolation or a placeholder is one when it is read again.
    text = str(once.to_dict()).replace("${Token[", "")
    assume("${" not in text and "{{" not in text)
    again = resolve(once.to_dict())
    assert again.to_dict() == once.to_dict()
    assert dict(leaves(again.to_dict())).keys() == dict(leaves(once.to_dict())).keys()


@given(templates, specs, layers, st.sampled_from(TOKENS), st.sampled_from(NAMES))
def test_a_token_that_a_layer_sets_comes_through_untouched(
    template: dict[str, Any], spec: dict[str, Any], overrides: object, token: object, name: str
) -> None:
    """Whatever else is in the recipe, and where other values refer to it."""
    template = template | {"held": 1, "beside": {name: "${held}"}}
    problems: Sequence[Problem] = ()
    try:
        recipe = resolve(template, spec, overrides=overrides, hyperparameters={"held": token})
    except RecipeError as error:
        problems = error.problems
    else:
        assert values(recipe)["held"] == token
    assert "held" not in " ".join(problem.path for problem in problems)


@given(specs, st.sampled_from(PARAMETERS), st.sampled_from(TOKENS))
def test_a_token_is_taken_for_any_parameter(spec: dict[str, Any], name: str, token: object) -> None:
    loose = {key: {**entry, "required": False} for key, entry in spec.items()} | {
        name: {**spec.get(name, {}), "required": True}
    }
    recipe = resolve(
        {"x": f"{{{{{name}}}}}", "n": 1, "y": "${n}"}, loose, hyperparameters={name: token}
    )
    assert values(recipe)["x"] == token


@given(
    st.recursive(
        layer_values | st.binary(), lambda i: st.dictionaries(keys | st.integers(), i) | st.lists(i)
    )
)
def test_any_value_for_a_layer_is_taken_or_refused(value: object) -> None:
    template = {"lr": 1, "opt": {"seed": 2, "lr": "${lr}"}}
    try:
        resolve(template, {"p": {"type": "integer"}}, overrides=value)
    except RecipeError:
        with refused():
            resolve(template, {"p": {"type": "integer"}}, overrides=value)
