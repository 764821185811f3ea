"""The tags of a training job: two of JumpStart's, the user's, and the recipe's digest."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DIGEST_TAG = "constructs-trainers:recipe-digest"
"""Key of the tag that traces a job, and so a model, to its exact recipe."""

JUMPSTART_MODEL_TAG = "sagemaker-sdk:jumpstart-model-id"
"""Key of the tag that names the hub's model, as the SageMaker Python SDK writes it."""

JUMPSTART_HUB_TAG = "sagemaker-sdk:jumpstart-hub-name"
"""Key of the tag that names the hub, as the SageMaker Python SDK writes it."""

MOST_TAGS = 50
"""Tags that a job may have; source: API reference, CreateTrainingJob."""

# Tag: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*), a pattern that Python's regular expressions cannot read.
_TAG_SIGNS = frozenset("_.:/=+-@")
_TAG_CATEGORIES = "LZN"
_LONGEST_TAG = 256
_TAG_TEXT = "letters, digits, spaces and _ . : / = + - @"
_ALLOWED = 'a mapping {"team": "nlp"}, or a list of {"Key": "team", "Value": "nlp"}'


def tag_text(text: str) -> str:
    """A text as a tag of any service takes it: other signs become hyphens, and it is cut."""
    return "".join(sign if _is_tag_sign(sign) else "-" for sign in text)[:_LONGEST_TAG]


def is_own_tag(key: str) -> bool:
    """Whether a tag of this key is set by a trainer and not by its user."""
    return key == DIGEST_TAG or key.startswith("sagemaker-sdk:jumpstart-")


def job_tags(
    model_name: str,
    hub_name: str,
    user_tags: Sequence[object],
    digest: str,
) -> list[object]:
    """All tags of a job, in the order in which the SDK sends them, our digest last.

    Args:
        model_name: The hub's name of the base model.
        hub_name: The name of the hub that the model is from.
        user_tags: The user's tags as :func:`normalise_tags` gives them.
        digest: The digest of the resolved recipe.

    Returns:
        A list of ``{"Key": ..., "Value": ...}``, in which the user's stand as they were given.
    """
    return [
        {"Key": JUMPSTART_MODEL_TAG, "Value": model_name},
        {"Key": JUMPSTART_HUB_TAG, "Value": hub_name},
        *user_tags,
        {"Key": DIGEST_TAG, "Value": digest},
    ]


def normalise_tags(tags: object, path: str = "tags") -> tuple[list[dict[str, str]], list[Problem]]:
    """A user's tags as the API spells them.

    Args:
        tags: A mapping ``{key: value}``; or a list of ``{"Key", "Value"}`` or ``{"key", "value"}``,
            both of which the SDK takes; or None for none.
        path: What the tags are called where they were written.

    Returns:
        The tags that could be read, and what is wrong with the others.
    """
    if tags is None:
        return [], []
    if isinstance(tags, Mapping):
        pairs = [(f"{path}.{_name(key)}", key, value) for key, value in tags.items()]
        return _checked([(where, key, where, value) for where, key, value in pairs])
    if not isinstance(tags, (list, tuple)):
        problem = Problem(path=path, message="are not tags", got=short_repr(tags), allowed=_ALLOWED)
        return [], [problem]
    return _from_list(tags, path)


def _from_list(tags: Sequence[object], path: str) -> tuple[list[dict[str, str]], list[Problem]]:
    entries: list[tuple[str, object, str, object]] = []
    problems: list[Problem] = []
    for index, tag in enumerate(tags):
        where = f"{path}[{index}]"
        spelling = _spelling(tag)
        if not isinstance(tag, Mapping) or spelling is None:
            problems.append(
                Problem(path=where, message="is not a tag", got=short_repr(tag), allowed=_ALLOWED)
            )
            continue
        key, value = spelling
        entries.append((f"{where}.{key}", tag[key], f"{where}.{value}", tag[value]))
    read, unread = _checked(entries)
    return read, problems + unread


def _spelling(tag: object) -> tuple[str, str] | None:
    if isinstance(tag, Mapping):
        for names in (("Key", "Value"), ("key", "value")):
            if set(tag) == set(names):
                return names
    return None


def _checked(
    entries: Sequence[tuple[str, object, str, object]],
) -> tuple[list[dict[str, str]], list[Problem]]:
    read: list[dict[str, str]] = []
    problems: list[Problem] = []
    for key_path, key, value_path, value in entries:
        if isinstance(key, str) and isinstance(value, str):
            read.append({"Key": key, "Value": value})
        if not isinstance(key, str):
            problems.append(_not_text(key_path, "key", key))
        if not isinstance(value, str):
            problems.append(_not_text(value_path, "value", value))
    return read, problems


def _not_text(path: str, part: str, value: object) -> Problem:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Problem(
        path=path,
        message=f"a tag's {part} must be text",
        got=short_repr(value),
        allowed="a string",
        fix=f"write it as text: '{short_repr(value)}'" if plain else None,
    )


def _name(key: object) -> str:
    return key if isinstance(key, str) else short_repr(key)


def tag_problems(tags: object, reserved: int) -> Iterator[Problem]:
    """What is wrong with the tags of a request; source: API reference, Tag.

    Args:
        tags: What stands in the request as tags.
        reserved: How many tags whoever sends the request adds to it.
    """
    if not isinstance(tags, (list, tuple)):
        return
    yield from _tag_count(tags, reserved)
    first_at: dict[str, int] = {}
    for index, tag in enumerate(tags):
        where = f"Tags[{index}]"
        key = tag.get("Key") if isinstance(tag, Mapping) else None
        value = tag.get("Value") if isinstance(tag, Mapping) else None
        if isinstance(key, str) and not is_token(key):
            yield from _tag_key(key, f"{where}.Key")
            yield from _duplicate(key, first_at.setdefault(key, index), index)
        if isinstance(value, str) and not is_token(value):
            yield from _tag_text(value, f"{where}.Value")


def _tag_count(tags: Sequence[object], reserved: int) -> Iterator[Problem]:
    own = sum(isinstance(tag, Mapping) and is_own_tag(str(tag.get("Key"))) for tag in tags)
    left = MOST_TAGS - own - reserved
    if len(tags) - own > left:
        yield Problem(
            path="Tags",
            message=f"has too many tags: {len(tags) - own} of the user's",
            got=f"{len(tags)} in all",
            allowed=f"{left} of the user's: a job takes {MOST_TAGS}, and {own + reserved} are set "
            "beside them",
        )


def _tag_key(key: str, path: str) -> Iterator[Problem]:
    if key.lower().startswith("aws:"):
        yield Problem(
            path=path,
            message="starts with aws:, which is reserved for AWS's own tags",
            got=short_repr(key),
            allowed="a key that does not start with aws:",
        )
    yield from _tag_text(key, path)


def _tag_text(text: str, path: str) -> Iterator[Problem]:
    illegal = sorted({sign for sign in text if not _is_tag_sign(sign)})
    if illegal:
        yield Problem(
            path=path,
            message=f"holds characters that a tag may not have: {short_repr(''.join(illegal))}",
            got=short_repr(text),
            allowed=_TAG_TEXT,
        )


def _is_tag_sign(sign: str) -> bool:
    return sign in _TAG_SIGNS or unicodedata.category(sign)[0] in _TAG_CATEGORIES


def _duplicate(key: str, first: int, index: int) -> Iterator[Problem]:
    if first != index:
        fix = "leave it out: the trainer sets this tag itself" if is_own_tag(key) else None
        yield Problem(
            path=f"Tags[{index}].Key",
            message=f"is the same key as that of Tags[{first}]",
            got=short_repr(key),
            allowed="each key once",
            fix=fix,
        )
