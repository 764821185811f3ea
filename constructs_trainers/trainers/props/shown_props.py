"""What people and editors are shown of a trainer's class: its signature, and its docstring.

Nothing here runs before someone asks, so that apps pay nothing for it.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import MISSING, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import jsii

from constructs_trainers.trainers.props.trainer_props import TrainerArguments, TrainerProps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH = 96
# Scope and id.
_PLACES = 2
# The docstring that stands in a class's body: the metaclass below shows a longer one.
_OWN_DOC: Any = vars(type)["__doc__"]


class ShowsProps(jsii.JSIIAbstractClass):
    """The metaclass of trainers.

    All that jsii's own one lets ``inspect.signature``, ``help`` and notebooks know of a class is
    ``(*args, **kwargs)``. And only a metaclass can give a docstring that is put together when it is
    read. This one is made from jsii's for abstract classes, so that a subclass may be abstract.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the constructor
        """Make a trainer.

        Raises:
            TypeError: Not just a scope and an id are given by place, as in the SDK, whose
                first argument is the model.
        """
        if not self.__module__.startswith("constructs_trainers."):
            # A user's subclass takes what it takes.
            return super().__call__(*args, **kwargs)
        scope, construct_id = (*args, None, None)[:2]
        named = {"scope", "id"} & kwargs.keys()
        has_both = len(args) + len(named) == _PLACES and len(args) <= _PLACES
        is_construct = hasattr(kwargs.get("scope", scope), "node")
        if not (has_both and is_construct and isinstance(kwargs.get("id", construct_id), str)):
            msg = (
                f"{self.__name__}(scope, id, *, model=..., ...): the first argument is the "
                "construct that it is made in, such as a stack (self), the second its id in there, "
                "and everything else has its name"
            )
            raise TypeError(msg)
        return super().__call__(*args, **kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        """What the constructor takes, with a keyword for each prop."""
        return visible_signature(self)

    @property
    def __doc__(self) -> str | None:
        """The class's docstring, with what each prop means; None if it has no docstring."""
        return visible_docstring(self, _OWN_DOC.__get__(self))

    @__doc__.setter  # noqa: A003 - the property above, no builtin
    def __doc__(self, text: str | None) -> None:
        _OWN_DOC.__set__(self, text)


def visible_signature(trainer: type) -> inspect.Signature:
    """What a trainer's constructor takes, with a keyword for each prop."""
    constructors = [vars(kind)["__init__"] for kind in trainer.__mro__ if "__init__" in vars(kind)]
    return inspect.Signature(sorted(_parameters(constructors), key=_place))


def visible_docstring(trainer: type, own: str | None) -> str | None:
    """The docstring of a trainer's class, with what each prop means."""
    if own is None:
        return None
    shown = visible_signature(trainer).parameters
    entries = [_entry(name, text) for name, text in descriptions().items() if name in shown]
    text = inspect.cleandoc(own)
    # A heading that Sphinx and editors know.
    return "\n".join([text, "", "Keyword Args:", *entries, ""]) if entries else text


@cache
def descriptions() -> dict[str, str]:
    """What each prop means, as it stands below its key in :class:`TrainerArguments`.

    Python does not keep these texts, so they are read from the source; empty where there is none.
    """
    import ast

    try:
        source = inspect.getsource(TrainerArguments)
    except (OSError, TypeError):
        return {}
    found: dict[str, str] = {}
    name = ""
    for node in ast.iter_child_nodes(ast.parse(source).body[0]):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                found[name] = " ".join(text.split())
    return found


def _parameters(constructors: Sequence[Any]) -> Iterator[inspect.Parameter]:
    """What the first of some constructors takes, each of which calls the next one."""
    constructor, *inherited = constructors
    _, *own = inspect.signature(constructor).parameters.values()
    names = {parameter.name for parameter in own}
    for parameter in own:
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            yield parameter
            continue
        # Most annotations are text: their names are for type checkers.
        typed = re.search(rf"\b{TrainerArguments.__name__}\b", str(parameter.annotation))
        if not typed:
            # A constructor hands on what it does not know, and may take more than that.
            yield parameter
        for further in _props() if typed else _parameters(inherited):
            if further.kind is inspect.Parameter.KEYWORD_ONLY and further.name not in names:
                yield further


def _props() -> Iterator[inspect.Parameter]:
    for field in fields(TrainerProps):
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=field.type,
        )


def _place(parameter: inspect.Parameter) -> tuple[int, bool]:
    """Python's order of kinds; among keywords, what must be given comes first."""
    keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    return parameter.kind, keyword and parameter.default is not inspect.Parameter.empty


def _entry(name: str, text: str) -> str:
    return textwrap.fill(
        f"{name}: {text}",
        _WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
