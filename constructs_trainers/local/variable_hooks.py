"""Variables in JSONPath states, which Step Functions reads and ministack does not.

``$name.member`` is a member of a variable, where ``$.member`` is one of the state's input (Step
Functions developer guide, "Passing data between states with variables"). ministack keeps variables
in the context object, where a path beginning with ``$$.`` finds them. Like :mod:`hooks` this
reaches into ministack's private names, which a test holds against the pinned version.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ministack.services import stepfunctions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Json = dict[str, Any]

_VARIABLE: Final = re.compile(r"\$(?=[A-Za-z_])")

_ministack_path = stepfunctions._resolve_path_or_ctx
_ministack_parameters = stepfunctions._resolve_params_obj
_ministack_argument = stepfunctions._eval_intrinsic_arg


def _in_context(path: object) -> Any:  # noqa: ANN401 - what is no path stays as it is
    """A path as ministack finds it."""
    if isinstance(path, str) and _VARIABLE.match(path):
        return f"$$.variables.{path[1:]}"
    return path


def _resolve_path(path: str, data: Any, context: _Json) -> Any:  # noqa: ANN401 - JSON
    return _ministack_path(_in_context(path), data, context)


def _resolve_parameters(template: Any, data: Any, context: _Json | None = None) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(template, dict):
        return template
    found = {
        name: _in_context(value) if name.endswith(".$") else value
        for name, value in template.items()
    }
    # What is below it comes by here again.
    return _ministack_parameters(found, data, context)


def _evaluate_argument(argument: tuple[Any, ...], data: Any, context: _Json) -> Any:  # noqa: ANN401 - JSON
    kind, *rest = argument
    if kind == "path":
        rest = [_in_context(rest[0])]
    return _ministack_argument((kind, *rest), data, context)


REPLACED: Final[Mapping[str, Callable[..., Any]]] = {
    "_resolve_path_or_ctx": _resolve_path,
    "_resolve_params_obj": _resolve_parameters,
    "_eval_intrinsic_arg": _evaluate_argument,
}
"""ministack's functions of Step Functions by name, with what takes their place."""
