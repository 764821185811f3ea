"""The tags of a training job: two of JumpStart's, the user's, and the recipe's digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST_TAG = "constructs-trainers:recipe-digest"
"""Key of the tag that traces a job, and so a model, to its exact recipe."""

JUMPSTART_MODEL_TAG = "sagemaker-sdk:jumpstart-model-id"
"""Key of the tag that names the hub's model, as the SageMaker Python SDK writes it."""

JUMPSTART_HUB_TAG = "sagemaker-sdk:jumpstart-hub-name"
"""Key of the tag that names the hub, as the SageMaker Python SDK writes it."""

_ALLOWED = 'a mapping {"team": "nlp"}, or a list of {"Key": "team", "Value": "nlp"}'


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
