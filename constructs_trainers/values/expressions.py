"""Values that are computed when the state machine runs."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_trainers.values.short_repr import short_repr


@dataclass(frozen=True)
class Expression:
    """A JSONata expression that stands where its result will be at run time.

    A type of our own, because text alone cannot tell: a literal that looks like ``{% ... %}``
    (a Jinja chat template, say) is data.

    Attributes:
        code: The JSONata code, without the ``{%`` and ``%}`` around it.

    Raises:
        TypeError: ``code`` is no text.
        ValueError: It is empty, or has ``{%`` and ``%}`` around it.
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse what is no JSONata before it gets into a definition."""
        code: object = self.code
        if not isinstance(code, str):
            raise TypeError(f"Expression: expected JSONata as text; got {short_repr(code)}")
        bare = code.strip()
        if not bare or bare.startswith("{%") or bare.endswith("%}"):
            allowed = "expected JSONata without {% and %} around it"
            raise ValueError(f"Expression: {allowed}; got {short_repr(code)}")
