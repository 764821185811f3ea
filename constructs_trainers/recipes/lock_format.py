"""Reading ``recipes.lock.json``: what the hub said, kept beside the app.

The format is documented in ``docs/recipes-lock.md``. Version 1::

    {
      "LockVersion": 1,
      "Regions": {
        "us-west-2": {
          "Models": {
            "<hub content name>": {
              "HubName", "HubContentArn", "HubContentVersion", "LastModifiedTime",
              "GatedBucket", "TrainingArtifactUri", "Source",
              "RecipeCollection": [
                {"Name", "DisplayName", "CustomizationTechnique", "Peft", "SequenceLength",
                 "IsSubscriptionModel", "SmtjImageUri", "InstanceTypes",
                 "RecipeTemplate": "sha256:...", "OverrideSpec": "sha256:..."}
              ]
            }
          }
        }
      },
      "RecipeTemplates": {"sha256:...": {...}},
      "OverrideSpecs": {"sha256:...": {...}}
    }

Names are those of the hub's API and documents. Templates and specs are stored once under the
SHA-256 of their canonical JSON, so that regions share them and a damaged file is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from constructs_trainers.errors import LockError, Problem
from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe, content_digest
from constructs_trainers.values.short_repr import short_repr

LOCK_VERSION = 1
LOCK_FILE_NAME = "recipes.lock.json"

RESTORE = (
    "restore it from version control, or delete it and write it again with "
    "'constructs-trainers hub pull'"
)


def read_models(text: str, *, shown_as: str) -> dict[str, dict[str, LockedModel]]:
    """The models of a lock file: region to model name to model.

    Args:
        text: The file's content.
        shown_as: How messages name the file.

    Raises:
        LockError: The text is not JSON, is of an unknown version, or is damaged.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"the lock file is damaged: not valid JSON ({error})"
        raise lock_error(shown_as, shown_as, message, fix=RESTORE) from None
    version = document.get("LockVersion") if isinstance(document, dict) else None
    if type(version) is not int or version != LOCK_VERSION:
        raise lock_error(
            shown_as,
            "LockVersion",
            "unknown version of the lock file",
            got=short_repr(version),
            allowed=str(LOCK_VERSION),
            fix="delete it and write it again with this version's 'constructs-trainers hub pull', "
            "or install the version of constructs-trainers that wrote it",
        )
    return _Reader(document, shown_as).models()


class _Reader:
    """Turns the JSON document into models; whatever is not as it should be is damage."""

    def __init__(self, document: Mapping[str, Any], shown_as: str) -> None:
        self._document = document
        self._shown_as = shown_as
        # Regions and recipes share contents: each is held against its digest once.
        self._intact: set[str] = set()

    def models(self) -> dict[str, dict[str, LockedModel]]:
        regions = self._member(self._document, "", "Regions", dict)
        return {region: self._region(region, entry) for region, entry in regions.items()}

    def _region(self, region: str, entry: object) -> dict[str, LockedModel]:
        where = f"Regions.{region}"
        models = self._member(entry, where, "Models", dict)
        return {n: self._model(n, region, e, f"{where}.Models.{n}") for n, e in models.items()}

    def _model(self, name: str, region: str, entry: object, where: str) -> LockedModel:
        recipes = self._member(entry, where, "RecipeCollection", list)
        return LockedModel(
            name=name,
            region=region,
            hub_name=self._member(entry, where, "HubName", str),
            hub_content_arn=self._member(entry, where, "HubContentArn", str),
            hub_content_version=self._member(entry, where, "HubContentVersion", str),
            last_modified_time=self._optional(entry, where, "LastModifiedTime", str),
            gated=self._member(entry, where, "GatedBucket", bool),
            training_artifact_uri=self._optional(entry, where, "TrainingArtifactUri", str),
            recipes=tuple(
                self._recipe(recipe, f"{where}.RecipeCollection[{index}]")
                for index, recipe in enumerate(recipes)
            ),
        )

    def _recipe(self, entry: object, where: str) -> LockedRecipe:
        types = self._optional(entry, where, "InstanceTypes", list) or []
        return LockedRecipe(
            name=self._member(entry, where, "Name", str),
            technique=self._member(entry, where, "CustomizationTechnique", str),
            peft=self._optional(entry, where, "Peft", str),
            sequence_length=self._optional(entry, where, "SequenceLength", str),
            subscription=self._optional(entry, where, "IsSubscriptionModel", bool) or False,
            image_uri=self._optional(entry, where, "SmtjImageUri", str),
            instance_types=tuple(str(item) for item in types),
            template=self._content(entry, where, "RecipeTemplate", "RecipeTemplates"),
            spec_document=self._content(entry, where, "OverrideSpec", "OverrideSpecs"),
        )

    def _content(self, entry: object, where: str, member: str, store: str) -> Mapping[str, Any]:
        key = self._member(entry, where, member, str)
        contents = self._member(self._document, "", store, dict)
        if not isinstance(contents.get(key), dict):
            raise self._damaged(f"{where}.{member}", f"'{key}' is not in {store}")
        content: Mapping[str, Any] = contents[key]
        if key not in self._intact and content_digest(content) != key:
            raise self._damaged(f"{store}.{key}", "the content does not match its SHA-256")
        self._intact.add(key)
        return content

    def _member(self, entry: object, where: str, name: str, kind: type) -> Any:  # noqa: ANN401 - of `kind`
        value = self._optional(entry, where, name, kind)
        if value is None:
            raise self._damaged(_join(where, name), f"'{name}' is missing")
        return value

    def _optional(self, entry: object, where: str, name: str, kind: type) -> Any:  # noqa: ANN401
        if not isinstance(entry, Mapping):
            raise self._damaged(where, f"expected an object, got {type(entry).__name__}")
        value = entry.get(name)
        if value is not None and not isinstance(value, kind):
            found = type(value).__name__
            raise self._damaged(_join(where, name), f"expected {kind.__name__}, got {found}")
        return value

    def _damaged(self, path: str, detail: str) -> LockError:
        message = f"the lock file is damaged: {detail}"
        return lock_error(self._shown_as, path, message, fix=RESTORE)


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def lock_error(
    shown_as: str,
    path: str,
    message: str,
    *,
    got: str | None = None,
    allowed: str | None = None,
    fix: str | None = None,
) -> LockError:
    """An error with one problem of a lock file."""
    problem = Problem(
        path=path, message=message, got=got, allowed=allowed, fix=fix, origin=shown_as
    )
    return LockError(shown_as, [problem])
