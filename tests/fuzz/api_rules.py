"""What SageMaker's API model says of a request, read off botocore and not off the library."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

# What only the deployment knows is in it.
_TOKEN = "${Token["  # noqa: S105 - the CDK's, and no secret
_EXPRESSION = "{%"
_KINDS: dict[str, Any] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}


@cache
def _create_training_job() -> Shape:
    model = Loader().load_service_model("sagemaker", "service-2")
    shape = ServiceModel(model).operation_model("CreateTrainingJob").input_shape
    assert shape is not None
    return shape


def broken_rules(request: dict[str, Any]) -> list[str]:
    """The rules that a request breaks; that of a name that each execution makes is not asked."""
    given = {"TrainingJobName": "name", **request}
    return list(_broken(given, _create_training_job(), ""))


def _broken(value: Any, shape: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str) and (_TOKEN in value or value.startswith(_EXPRESSION)):
        return
    if not isinstance(value, _KINDS[shape.type_name]):
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    yield from _outside(value, shape, path)
    if shape.type_name == "structure":
        yield from (
            f"{path}.{name}: missing" for name in shape.required_members if name not in value
        )
        for name, item in value.items():
            if name in shape.members:
                yield from _broken(item, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: unknown"
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _broken(item, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for name, item in value.items():
            yield from _broken(name, shape.key, f"{path}.{name}")
            yield from _broken(item, shape.value, f"{path}.{name}")


def _outside(value: Any, shape: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    rules = shape.metadata
    size = len(value) if shape.type_name in {"string", "list", "map"} else value
    if isinstance(size, bool) or shape.type_name == "structure":
        return
    if "min" in rules and size < rules["min"]:
        yield f"{path}: {size} is below {rules['min']}"
    if "max" in rules and size > rules["max"]:
        yield f"{path}: {size} is above {rules['max']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"{path}: {value!r} is none of {rules['enum'][:5]}"
    # Java's patterns, which these are, match the whole text, and their dot no line break.
    if "pattern" in rules and re.fullmatch(_python(rules["pattern"]), value) is None:
        yield f"{path}: {value!r} does not match {rules['pattern']}"


def _python(pattern: str) -> str:
    return (
        pattern.replace(r"\p{L}", "a-zA-Z\u00c0-\uffff")
        .replace(r"\p{N}", "0-9")
        .replace(r"\p{Z}", " ")
        .replace(r"\p{IsAlphabetic}", "a-zA-Z")
    )
