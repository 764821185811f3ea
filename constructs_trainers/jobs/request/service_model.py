"""The shapes of the SageMaker API, read from botocore's model of it.

The model is botocore's data file, read as it is. Going through ``botocore.loaders`` costs about
0.4 s in each synthesis, nearly all of it for parts of botocore that nothing here needs; reading
the file costs 0.03 s. Where the file is not found in its place, the loader is asked after all.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SERVICE = "sagemaker"
_FILE = "service-2.json.gz"
# A dot, and before it all in which a dot is only a dot: an escape, and a set of characters.
_DOT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\.")
_NO_LINE_END = r"[^\n\r\x85\u2028\u2029]"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One shape of the API: the type of a request, of a member or of an element.

    Attributes:
        name: The shape's name in the model, such as ``TrainingJobName``.
        kind: ``structure``, ``list``, ``map``, ``string``, ``integer``, ``long``, ``float``,
            ``double``, ``boolean`` or ``timestamp``.
        members: A structure's members, each with the name of its shape, in the API's order.
        required: The members that a structure must have.
        element: The name of the shape of a list's elements or a map's values.
        key: The name of the shape of a map's keys.
        minimum: The least number, length in characters or count of entries.
        maximum: The greatest number, length in characters or count of entries.
        enum: The values that a string may have; empty when it is free.
        pattern: What the whole of a string must match; None when it is free, or when the
            model's regular expression is written in a dialect that Python does not read.
        pattern_text: The pattern as the model writes it.
    """

    name: str
    kind: str
    members: Mapping[str, str] = field(default_factory=dict)
    required: Sequence[str] = ()
    element: str = ""
    key: str = ""
    minimum: float | None = None
    maximum: float | None = None
    enum: Sequence[str] = ()
    pattern: re.Pattern[str] | None = None
    pattern_text: str = ""


def operation_names() -> Sequence[str]:
    """The names of all operations of the API, such as ``CreateTrainingJob``."""
    return tuple(_model()["operations"])


def input_shape(operation: str) -> Shape:
    """The shape of an operation's request.

    Returns:
        A structure; one without members when the operation takes no request.
    """
    request = _model()["operations"][operation].get("input")
    return shape(request["shape"]) if request else Shape(name=operation, kind="structure")


@functools.cache
def shape(name: str) -> Shape:
    """The shape of this name.

    Args:
        name: A name that another shape gives for one of its parts.
    """
    raw: dict[str, Any] = _model()["shapes"][name]
    element = raw.get("member") or raw.get("value")
    return Shape(
        name=name,
        kind=raw["type"],
        members={member: ref["shape"] for member, ref in raw.get("members", {}).items()},
        required=tuple(raw.get("required", ())),
        element=element["shape"] if element else "",
        key=raw["key"]["shape"] if "key" in raw else "",
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        enum=tuple(raw.get("enum", ())),
        pattern=_compiled(raw.get("pattern")),
        pattern_text=raw.get("pattern", ""),
    )


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    try:
        # The patterns are Java's, where \d, \w and \s mean ASCII alone, and the dot stands for
        # anything but what ends a line, which is more than in Python.
        any_other = _DOT.sub(lambda part: _NO_LINE_END if part[0] == "." else part[0], pattern)
        return re.compile(any_other, re.ASCII)
    except re.error:
        return None


@functools.cache
def _model() -> dict[str, Any]:
    path = _model_file()
    if path is None:
        return _model_by_loader()
    model: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return model


def _model_file() -> Path | None:
    """The newest version of the model in the installed botocore, without importing it."""
    package = importlib.util.find_spec("botocore")
    if package is None or not package.submodule_search_locations:
        return None
    data = Path(package.submodule_search_locations[0], "data", _SERVICE)
    return max(data.glob(f"*/{_FILE}"), default=None)


def _model_by_loader() -> dict[str, Any]:
    # Imported only where the short way fails.
    from botocore.loaders import Loader

    model: dict[str, Any] = Loader().load_service_model(_SERVICE, "service-2")
    return model
