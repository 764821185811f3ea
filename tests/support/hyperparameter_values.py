"""Hyperparameters of every kind, with rules of every kind, to hold checks against each other."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import strategies as st

from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.workflows.allowed_input import Hyperparameters

# How many generated values are judged: GUARD_EXAMPLES=5000 for a thorough run.
EXAMPLES = int(os.environ.get("GUARD_EXAMPLES", "400"))
SPEC: dict[str, dict[str, Any]] = {
    "learning_rate": {"type": "float", "default": 1e-4, "min": 1e-7, "max": 1e-3},
    "dropout": {"type": "float", "default": 0.0, "min": 0, "max": 1},
    "decay": {"type": "float", "default": 0.0},
    "max_epochs": {"type": "integer", "default": 5, "min": 1, "max": 100},
    "seed": {"type": "integer", "default": 7},
    "alpha": {"type": "int", "default": 32, "enum": [16, 32, 64]},
    "rank": {"type": "integer", "default": 8, "min": 1},
    "warmup": {"type": "float", "default": 0.1, "max": 0.5},
    "scheduler": {"type": "string", "default": "cosine", "enum": ["cosine", "linear"]},
    "name": {"type": "string", "default": ""},
    "flash": {"type": "boolean", "default": True},
    "only_true": {"type": "bool", "default": True, "enum": [True]},
    "no_value": {"type": "integer", "default": 1, "enum": []},
    "open": {"default": 1, "min": 0, "max": 9},
    "mixed": {"default": 1, "enum": [1, "1", True, None]},
    "save_steps": {"type": "integer", "default": 5, "min": 1},
    "max_steps": {"type": "integer", "default": 100, "min": 1},
    "max_prompt_length": {"type": "integer", "default": 512},
    "max_response_length": {"type": "integer", "default": 512},
}
DEFAULTS = {name: entry["default"] for name, entry in SPEC.items()}
ALLOWED = Hyperparameters(
    spec=OverrideSpec.from_json(SPEC, shown_as="spec"),
    values={**DEFAULTS, "max_steps": 50},
    defaults=DEFAULTS,
    sequence_length="4K",
)

numbers = st.one_of(
    st.integers(-3, 120),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 2),
    st.sampled_from([1e-7, 9.99e-8, 1e-3, 1.001e-3, 0.5, 1, 100, 101, 5.0, 4096, 3585, 16, 1e21]),
)
number_texts = st.one_of(
    numbers.map(str),
    numbers.map(lambda number: f" {number}"),
    st.sampled_from(
        ["NaN", "nan", "Infinity", "-inf", "1e400", "-1e400", "1e199", "1e200", "1e-199", "0x10"]
    ),
    st.sampled_from(["5.0", "05", "+5", ".5", "5.", "1_000", "-0", "-", "e5", "2e-5", "2E-05"]),
    st.sampled_from(["1e0199", "true", "True", "TRUE", "false", "None", "null", "1e+2", "\u0661"]),
    st.integers(95, 105).map(lambda length: "9" * length),
)
plain_texts = st.one_of(
    st.text(max_size=8),
    st.text("abc /_.:,-'\"[]{}%#@$\\\t\n\r\x1c\x85\xa0\u2028\u3000\ufeff😀", max_size=6),
    st.sampled_from(["cosine", "linear", "Cosine", "", "{{ x }}", "{% if %}&", "{x}", "1", "a@b"]),
)
values = st.one_of(
    numbers,
    number_texts,
    plain_texts,
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
names = st.sampled_from([*SPEC, "Learning_rate", "constructor", "__proto__", "toString", "", "a.b"])
