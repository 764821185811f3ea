"""The values of a state's templates: JSONata as Step Functions evaluates it, remembered.

A campaign asks for the same few thousand values millions of times. So each expression keeps its
values by what it refers to, and one that only names a variable is looked up without JSONata.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import jsonata

Json: TypeAlias = Any
Scope: TypeAlias = Mapping[str, Json]
_Valued: TypeAlias = Callable[[Scope, Scope, float], Json]

_NAME: Final = r"[A-Za-z_]\w*"
_REFERENCE: Final = re.compile(rf"\$({_NAME})((?:\.{_NAME})*)")
_MISSING: Final = object()


class QueryError(Exception):
    """An expression that fails, or whose value is undefined."""


def digest(data: str, algorithm: str) -> str:
    """``$hash``, which Step Functions adds to JSONata."""
    return hashlib.new(algorithm.replace("-", "").lower(), data.encode()).hexdigest()


class Evaluator:
    """JSONata set up as Step Functions has it: no document, variables, functions of its own."""

    def __init__(self) -> None:
        self.calls = 0
        self._compiled: dict[str, Any] = {}
        self._random = 0.0

    def evaluate(self, code: str, variables: Scope, random: float = 0.0) -> Json:
        """The value of code.

        Args:
            code: JSONata without ``{%`` and ``%}``.
            variables: Values by name, ``states`` among them.
            random: What ``$random()`` gives.

        Raises:
            QueryError: It fails, or there is no value.
        """
        self.calls += 1
        self._random = random
        compiled = self._get(code)
        frame = compiled.create_frame()
        for name, value in variables.items():
            frame.bind(name, jsonata.Utils.NULL_VALUE if value is None else value)
        try:
            value = compiled.evaluate(None, frame)
        except Exception as error:  # noqa: BLE001 - the package raises of many kinds
            raise QueryError(f"{error!r} in {code[:200]}") from None
        # Undefined and null are both None here, and only null is a value.
        is_check = code.startswith("$exists((")
        if value is None and not is_check and not self.evaluate(f"$exists(({code}))", variables):
            raise QueryError(f"no value: {code[:200]}")
        return json.loads(json.dumps(value))

    def _get(self, code: str) -> Any:  # noqa: ANN401 - the package has no types
        found = self._compiled.get(code)
        if found is None:
            found = self._compiled[code] = jsonata.Jsonata(code)
            found.register_lambda("hash", digest)
            found.register_lambda("parse", json.loads)
            found.register_lambda("random", lambda: self._random)
        return found


class Values:
    """The values of templates: literals with expressions anywhere in them.

    Nobody may change a value or a template: they are shared by all who ask.

    Args:
        evaluator: What evaluates code.
        remember: Whether values are kept; without it everything is evaluated each time.
    """

    def __init__(self, evaluator: Evaluator | None = None, *, remember: bool = True) -> None:
        self.evaluator = evaluator or Evaluator()
        self._remember = remember
        self._templates: dict[int, tuple[Json, _Valued]] = {}
        # What stays alive here is told apart by its identity.
        self._known: dict[int, str] = {}

    def value(self, template: Json, variables: Scope, states: Scope, random: float = 0.0) -> Json:
        """The value of a template.

        Args:
            template: It must stay alive and as it is.
            variables: Workflow variables by name.
            states: The members of ``$states``.
            random: What ``$random()`` gives.

        Raises:
            QueryError: An expression fails, or has no value.
        """
        found = self._templates.get(id(template))
        if found is None:
            found = self._templates[id(template)] = (template, self._compile(template))
        return found[1](variables, states, random)

    def first(self, choices: Json, variables: Scope, states: Scope) -> int:
        """Which of a state's Choices is the first whose condition holds; -1 for none.

        Raises:
            QueryError: A condition before it fails, or is neither true nor false.
        """
        found = self._templates.get(id(choices))
        if found is None:
            codes = [_code(choice["Condition"]) for choice in choices]
            valued = self._chosen(codes)
            if self._remember:
                # All at once, which is one look-up in place of several.
                valued = self._remembered(" ".join(codes), valued)
            found = self._templates[id(choices)] = (choices, valued)
        number: int = found[1](variables, states, 0.0)
        return number

    def _chosen(self, codes: list[str]) -> _Valued:
        conditions = [self._evaluated(code) for code in codes]

        def chosen(variables: Scope, states: Scope, random: float) -> Json:
            for number, condition in enumerate(conditions):
                holds = condition(variables, states, random)
                if not isinstance(holds, bool):
                    raise QueryError(f"condition {number} is {holds!r}")
                if holds:
                    return number
            return -1

        return chosen

    def _compile(self, template: Json) -> _Valued:
        if not _has_code(template):
            if isinstance(template, (dict, list)):
                self._known[id(template)] = f"#{len(self._known)}"
            return lambda _variables, _states, _random: template
        if isinstance(template, dict):
            members = [(name, self._compile(item)) for name, item in template.items()]
            return lambda variables, states, random: {
                name: valued(variables, states, random) for name, valued in members
            }
        if isinstance(template, list):
            items = [self._compile(item) for item in template]
            return lambda variables, states, random: [
                valued(variables, states, random) for valued in items
            ]
        return self._of_code(_code(template))

    def _of_code(self, code: str) -> _Valued:
        if not self._remember:
            return self._evaluated(code)
        valued = self._remembered(code, self._evaluated(code))
        reference = _REFERENCE.fullmatch(code)
        if reference is None:
            return valued
        name, steps = reference[1], _steps(reference[2])

        def looked_up(variables: Scope, states: Scope, random: float) -> Json:
            value = _walk(variables, states, name, steps)
            # Lists in a path, null and what is not there have rules of their own.
            if value is None or value is _MISSING or value.__class__ is list:
                return valued(variables, states, random)
            return value

        return looked_up

    def _evaluated(self, code: str) -> _Valued:
        return lambda variables, states, random: self.evaluator.evaluate(
            code, {**variables, "states": states}, random
        )

    def _remembered(self, code: str, evaluated: _Valued) -> _Valued:
        """Values by all that code refers to."""
        key_of = _key_of(code, self._known)
        values: dict[tuple[Json, ...], Json] = {}

        def remembered(variables: Scope, states: Scope, random: float) -> Json:
            key = key_of(variables, states, random)
            value = values.get(key, _MISSING)
            if value is _MISSING:
                try:
                    value = evaluated(variables, states, random)
                except QueryError as error:
                    value = error
                values[key] = value
                if isinstance(value, (dict, list)):
                    self._known[id(value)] = f"#{len(self._known)}"
            if value.__class__ is QueryError:
                raise value
            return value

        return remembered


def _key_of(
    code: str, known: Mapping[int, str]
) -> Callable[[Scope, Scope, float], tuple[Json, ...]]:
    """What the value of code depends on, as a key; a campaign spends most of its time here."""
    found = dict.fromkeys(_REFERENCE.findall(code))
    roots = [(name, _steps(path)) for name, path in found]
    is_random = "$random" in code

    def key_of(variables: Scope, states: Scope, random: float) -> tuple[Json, ...]:
        key: list[Json] = [random] if is_random else []
        for name, steps in roots:
            value = states if name == "states" else variables.get(name, _MISSING)
            for step in steps:
                if value.__class__ is not dict:
                    break
                value = value.get(step, _MISSING)
            kind = value.__class__
            if kind is str or value is _MISSING:
                key.append(value)
            elif kind is dict or kind is list:
                key.append(known.get(id(value)) or json.dumps(value))
            else:
                # True is 1, and 1 is 1.0, among keys.
                key.append((kind, value))
        return tuple(key)

    return key_of


def _code(template: str) -> str:
    return template.removeprefix("{%").removesuffix("%}").strip()


def _has_code(template: Json) -> bool:
    if isinstance(template, str):
        return template.startswith("{%")
    if isinstance(template, dict):
        return any(map(_has_code, template.values()))
    return isinstance(template, list) and any(map(_has_code, template))


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")[1:])


def _walk(variables: Scope, states: Scope, name: str, steps: tuple[str, ...]) -> Json:
    """What a reference through objects leads to."""
    value: Json = states if name == "states" else variables.get(name, _MISSING)
    for step in steps:
        if value.__class__ is not dict:
            return _MISSING
        value = value.get(step, _MISSING)
    return value
