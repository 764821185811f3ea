"""Values of templates: as Step Functions evaluates them, remembered or not."""

from __future__ import annotations

import pytest

from tests.simulation.definitions import trainers
from tests.simulation.schedule import Faults, Schedule
from tests.simulation.values import Json, QueryError, Values
from tests.simulation.world import Entry, simulate


@pytest.mark.parametrize(
    ("template", "value"),
    [
        (5, 5),
        ("text", "text"),
        ({"a": ["{% $n + 1 %}", None]}, {"a": [2, None]}),
        ("{% $n %}", 1),
        ("{% $nothing %}", None),
        ("{% $list %}", [1, 2]),
        ("{% $one %}", [1]),
        ("{% $object.a %}", {"b": [3]}),
        ("{% $object.a.b %}", [3]),
        ("{% $objects.c %}", [4, 5]),
        ("{% $states.input %}", {"x": True}),
        (
            "{% $hash('a', 'SHA-256') %}",
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        ),
        ("{% $parse('{\"a\": 1}').a %}", 1),
        ("{% $floor($random() * 10) %}", 5),
    ],
)
def test_remembered_values_are_those_of_jsonata(template: Json, value: Json) -> None:
    variables: dict[str, Json] = {
        "n": 1,
        "nothing": None,
        "list": [1, 2],
        "one": [1],
        "object": {"a": {"b": [3]}},
        "objects": [{"c": 4}, {"c": 5}],
    }
    states = {"input": {"x": True}}
    remembered, evaluated = Values(), Values(remember=False)
    for values in (remembered, remembered, evaluated):
        assert values.value(template, variables, states, random=0.5) == value


@pytest.mark.parametrize("code", ["$nope", "$n.a", "$n.a.b", "$states.result", "$sum('a')"])
def test_no_value_is_an_error_each_time(code: str) -> None:
    template, values = f"{{% {code} %}}", Values()
    for _ in range(2):
        with pytest.raises(QueryError):
            values.value(template, {"n": {"b": 1}}, {})


def test_truth_and_one_are_kept_apart() -> None:
    values, template = Values(), "{% $type($n) %}"
    kinds: list[Json] = [True, 1, "1", "#1", [1], {}]
    found = [values.value(template, {"n": n}, {}) for n in kinds]
    assert found == ["boolean", "number", "string", "string", "array", "object"]


def test_an_expression_is_evaluated_once_for_what_it_refers_to() -> None:
    values, template = Values(), "{% $a.b + 1 %}"
    for unrelated in range(5):
        assert values.value(template, {"a": {"b": 1, "c": unrelated}}, {}) == 2
    assert values.evaluator.calls == 1


def test_a_simulation_is_the_same_without_memory() -> None:
    trainer, values = trainers()["serverless"], Values()

    def entries(seed: int, values: Values) -> list[Entry]:
        return simulate(trainer, Schedule(source=Faults(f"memory/{seed}")), values).entries

    for seed in range(12):
        assert entries(seed, values) == entries(seed, Values(remember=False))
