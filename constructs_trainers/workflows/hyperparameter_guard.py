"""The override spec as a JSONata expression: what is wrong with an execution's hyperparameters.

The rules and the words are those of synthesis (``recipes.validation``, ``recipes.cross_checks``,
``recipes.hyperparameters``), with what only an execution's JSON has: a number or a boolean may come
as its text. The text of a number is JSON's, so that what is sent means the same to every reader; a
whole number's is digits only. Null is refused, because there is no text for it: leave the name out.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

from constructs_trainers.recipes.hyperparameters import (
    FIRST_INEXACT,
    ILLEGAL,
    LEGAL_IN_WORDS,
    TOO_MANY_DIGITS,
)
from constructs_trainers.recipes.validation import (
    LENGTHS,
    NOT_IN_ENUM,
    STEPS,
    TOO_FEW_STEPS,
    TOO_LONG,
    TYPE_WORDS,
    is_known_number,
    longest_together,
    numbers,
    together,
)
from constructs_trainers.workflows.jsonata import LINE_ENDS, SPACES, constant, text
from constructs_trainers.workflows.sizes import MOST_REQUEST_BYTES

if TYPE_CHECKING:
    from constructs_trainers.recipes.spec import Parameter
    from constructs_trainers.workflows.allowed_input import Hyperparameters

# API reference, HyperParameters: a value has at most 2,500 characters.
_LONGEST: Final = 2500
# $number fails where a text stands for more than a double holds, and that would fail the state
# without a word: 100 digits and an exponent of 199 stay below.
_WHOLE_DIGITS: Final = "-?(0|[1-9][0-9]{0,99})"
_WHOLE: Final = f"/^{_WHOLE_DIGITS}$/"
_NUMBER: Final = rf"/^{_WHOLE_DIGITS}(\.[0-9]+)?([eE][-+]?[01]?[0-9]{{1,2}})?$/"
_LEGAL: Final = rf"/[a-zA-Z0-9\/_.:,\-'\"\[\]{SPACES}]+/"
_TEMPLATE: Final = r"/\{[%\{#]/"
_KINDS: Final = {
    "float": "f",
    "integer": "i",
    "int": "i",
    "string": "s",
    "boolean": "b",
    "bool": "b",
}


def hyperparameter_violations(allowed: Hyperparameters, request_size: int) -> str:
    """JSONata for the texts of what is wrong with ``$in.HyperParameters``.

    Uses ``$in``, the execution's input, ``$brief`` and ``$shown``.

    Args:
        allowed: What may be given.
        request_size: Bytes of the request as it was deployed.
    """
    checks = [
        f"$each($hp, function($v, $k) {{ {_value_violation()} }})",
        *_cross_violations(allowed),
        _size_violation(request_size),
    ]
    return (
        "$exists($in.HyperParameters) ? ($type($in.HyperParameters) = 'object' ? ("
        f"$hp := $in.HyperParameters; $rules := {_rules(allowed)}; $names := $keys($rules); "
        f"$toNumber := {_number()}; [{', '.join(checks)}]) "
        ": 'HyperParameters: expected an object, got ' & $type($in.HyperParameters)) : ()"
    )


def _rules(allowed: Hyperparameters) -> str:
    rules = {name: _rule(parameter) for name, parameter in allowed.spec.items()}
    return json.dumps(rules, ensure_ascii=False, separators=(",", ":"))


def _rule(parameter: Parameter) -> dict[str, object]:
    """What the guard knows of a parameter: kind, and enum with its words, or least and most.

    Limits are Python's text of them, which messages show; JSONata's own may be another.
    """
    rule: dict[str, object] = {}
    kind = _KINDS.get(parameter.type or "")
    if kind is not None:
        rule["t"] = kind
    if parameter.enum is not None:
        rule["w"] = parameter.limits()
        rule["e"] = [value for value in parameter.enum if _is_scalar(value)]
        return rule
    for key, limit in (("lo", parameter.minimum), ("hi", parameter.maximum)):
        if limit is not None and math.isfinite(limit):
            rule[key] = str(limit)
    return rule


def _is_scalar(value: object) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, (str, int, float))


def _number() -> str:
    """The number that a value stands for; nothing when it stands for none."""
    is_text = f"$t = 'f' ? $contains($v, {_NUMBER}) : $t = 'i' ? $contains($v, {_WHOLE}) : false"
    return (
        "function($v, $t) { $type($v) = 'number' ? $v "
        f": $type($v) = 'string' ? (({is_text}) ? $number($v)) }}"
    )


def _value_violation() -> str:
    """What is wrong with one value: the first thing, in the order of synthesis."""
    words = {kind: TYPE_WORDS[name] for name, kind in _KINDS.items()}
    return (
        "($p := 'HyperParameters.' & $brief($k) & ': '; $t := $type($v); "
        "$not($k in $names) ? $p & 'unknown hyperparameter; allowed: ' & $join($names, ', ') "
        ": $not($t in ['string', 'number', 'boolean']) "
        "? $p & 'expected text, a number or a boolean, got ' & $t "
        f": $length($string($v)) > {_LONGEST} ? $p & 'longer than {_LONGEST} characters' "
        f": $contains($string($v), /[{LINE_ENDS}]/) ? $p & 'must not have line breaks' : ("
        "$r := $lookup($rules, $k); $n := $toNumber($v, $r.t); "
        "$say := function($m, $a) { $p & $m & '; got ' & $shown($v) "
        "& ($a = '' ? '' : '; allowed: ' & $a) }; "
        "$limits := $exists($r.w) ? $r.w "
        ": $exists($r.lo) ? $r.lo & ($exists($r.hi) ? ' to ' & $r.hi : ' or more') "
        ": $exists($r.hi) ? $r.hi & ' or less' : ''; "
        "$flag := $t = 'boolean' ? $v : $v in ['true', 'True'] ? true "
        ": $v in ['false', 'False'] ? false; "
        "($r.t = 'f' ? $exists($n) : $r.t = 'i' ? $exists($n) and $floor($n) = $n "
        ": $r.t = 's' ? $t = 'string' : $r.t = 'b' ? $exists($flag) : true) = false "
        f"? ($w := $lookup({constant(words)}, $r.t); $say('must be ' & $w, "
        "$w & ($limits = '' ? '' : ', ' & $limits))) "
        ": $exists($r.w) and $not(($r.t = 'b' ? $flag : $exists($n) ? $n : $v) in $r.e) "
        f"? $say({text(NOT_IN_ENUM)}, $limits) "
        ": $exists($r.lo) and $exists($n) and $n < $number($r.lo) "
        "? $say('below the minimum ' & $r.lo, $limits) "
        ": $exists($r.hi) and $exists($n) and $n > $number($r.hi) "
        "? $say('above the maximum ' & $r.hi, $limits) "
        f": $t = 'number' and $floor($v) = $v and $abs($v) >= {FIRST_INEXACT} "
        f"? $say({text(TOO_MANY_DIGITS)}, 'its text') "
        f": $t = 'string' and $not($exists($n)) ? ($illegal := $replace($v, {_LEGAL}, ''); "
        f"$illegal != '' and $not($contains($v, {_TEMPLATE})) "
        f"? $say({text(ILLEGAL + ': ')} & $brief($illegal), {text(LEGAL_IN_WORDS)}))))"
    )


def _cross_violations(allowed: Hyperparameters) -> list[str]:
    """What is wrong between values, those of the deployed recipe among them."""
    found = []
    if _can_be_broken(STEPS, allowed):
        steps = numbers(allowed.defaults, STEPS)
        is_default = "" if steps is None else f" and $not($a = {steps[0]} and $b = {steps[1]})"
        found.append(
            f"({_pair(STEPS, allowed)} $exists($a) and $exists($b) ? ($a > $b{is_default} "
            f"? 'HyperParameters.{STEPS[0]}: {TOO_FEW_STEPS}; got {STEPS[0]} ' & $string($a) "
            f"& ', {STEPS[1]} ' & $string($b) & '; allowed: ' & $string($b) & ' or less'))"
        )
    longest = longest_together(allowed.defaults, allowed.sequence_length)
    if longest is not None and _can_be_broken(LENGTHS, allowed):
        words = text("; allowed: " + together(longest, allowed.sequence_length))
        found.append(
            f"({_pair(LENGTHS, allowed)} $exists($a) and $exists($b) ? ($a + $b > {longest} "
            f"? 'HyperParameters.{LENGTHS[0]}: {TOO_LONG}; got {LENGTHS[0]} ' & $string($a) "
            f"& ' + {LENGTHS[1]} ' & $string($b) & {words}))"
        )
    return found


def _can_be_broken(names: tuple[str, str], allowed: Hyperparameters) -> bool:
    """Whether an execution may give one of two values, and the other is known or given too."""
    return any(name in allowed.spec for name in names) and all(
        name in allowed.spec or is_known_number(allowed.values.get(name)) for name in names
    )


def _pair(names: tuple[str, str], allowed: Hyperparameters) -> str:
    """Two values as variables: the execution's, else those that are deployed."""
    return " ".join(
        f"${variable} := {_given_or_deployed(name, allowed)};"
        for variable, name in zip("ab", names, strict=True)
    )


def _given_or_deployed(name: str, allowed: Hyperparameters) -> str:
    deployed = allowed.values.get(name)
    known = json.dumps(deployed) if is_known_number(deployed) else "()"
    given = f"$lookup($hp, '{name}')"
    return f"($exists({given}) ? $toNumber({given}, $lookup($rules, '{name}').t) : {known})"


def _size_violation(request_size: int) -> str:
    """Text counts a byte for a character of ASCII, and up to four for another."""
    most = max(MOST_REQUEST_BYTES - request_size, 0)
    return (
        r"($s := $string($hp); $l := $length($s); "
        r"$l * 4 - $length($replace($s, /[^\x00-\x7f]+/, '')) * 3 "
        f"> {most} ? 'HyperParameters: larger than the {most} bytes that the request leaves')"
    )
