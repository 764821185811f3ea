"""``recipes.lock.json``: what the hub said, kept beside the app.

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
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import LockError, Problem, did_you_mean
from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe, content_digest
from constructs_trainers.values.arns import (
    HUB_MODEL,
    arn_problems,
    is_version_of_hub,
    partition_of,
    place_problems,
)
from constructs_trainers.values.short_repr import short_repr, short_text

if TYPE_CHECKING:
    from pathlib import Path as FilePath

LOCK_VERSION = 1
LOCK_FILE_NAME = "recipes.lock.json"

_RESTORE = (
    "restore it from version control, or delete it and write it again with "
    "'constructs-trainers hub pull'"
)

# amazon.nova-...: the names that Bedrock users know, as the SageMaker Python SDK maps them.
MODEL_ALIASES = {
    "amazon.nova-2-lite-v1": "nova-textgeneration-lite-v2",
    "amazon.nova-lite-v1": "nova-textgeneration-lite",
    "amazon.nova-pro-v1": "nova-textgeneration-pro",
    "amazon.nova-micro-v1": "nova-textgeneration-micro",
}


class RecipeLock:
    """The content of one lock file."""

    def __init__(self, models: Mapping[str, Mapping[str, LockedModel]], *, shown_as: str) -> None:
        self._models = models
        self._shown_as = shown_as

    @classmethod
    def read(cls, file: FilePath, *, shown_as: str | None = None) -> RecipeLock:
        """Read a lock file, which messages name as it is shown, or else as its path reads.

        Raises:
            LockError: The file is missing, unreadable, of an unknown version, or damaged.
        """
        shown = short_text(shown_as or str(file))
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            fix = "constructs-trainers hub pull --model MODEL --region REGION"
            raise _error(shown, shown, "lock file not found", fix=fix) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise _error(shown, shown, f"lock file cannot be read: {reason}") from None
        return cls.parse(text, shown_as=shown)

    @classmethod
    def parse(cls, text: str, *, shown_as: str) -> RecipeLock:
        """Parse the text of a lock file; see :meth:`read`."""
        return cls(_read_models(text, shown_as=shown_as), shown_as=shown_as)

    @property
    def model_names(self) -> tuple[str, ...]:
        """The hub content names of all models in the lock, sorted."""
        return tuple(sorted({name for models in self._models.values() for name in models}))

    def model(self, name: str, region: str | None) -> LockedModel:
        """What the lock holds for a model.

        Args:
            name: Hub content name or one of :data:`MODEL_ALIASES`.
            region: The region, or None for a stack whose region is not known at synth: then all
                regions of the lock that have the model must hold the same content.

        Raises:
            LockError: The model or the region is not in the lock, or regions differ.
        """
        known_as = MODEL_ALIASES.get(name, name)
        by_region = {r: m[known_as] for r, m in self._models.items() if known_as in m}
        if not by_region:
            names = self.model_names
            fix = _pull(known_as, region)
            near = did_you_mean(known_as, names)
            raise _error(
                self._shown_as,
                "model",
                "the model is not in the lock file",
                got=short_repr(name),
                allowed=", ".join(names) or None,
                fix=f"{near} Otherwise: {fix}" if near else fix,
            )
        if region is None:
            return self._common(known_as, by_region)
        if region not in by_region:
            raise _error(
                self._shown_as,
                "model",
                f"the lock file does not hold '{known_as}' for this region",
                got=region,
                allowed=", ".join(sorted(by_region)),
                fix=_pull(known_as, region),
            )
        return by_region[region]

    def _common(self, name: str, by_region: Mapping[str, LockedModel]) -> LockedModel:
        first, *others = (by_region[region] for region in sorted(by_region))
        differing = [other.region for other in others if not first.same_content(other)]
        if differing:
            raise _error(
                self._shown_as,
                "model",
                f"regions hold different content for '{name}', and the stack's region is unknown",
                got=f"{first.region} differs from {', '.join(differing)}",
                fix="give the stack a region: env=Environment(region=...)",
            )
        return first


def _pull(model: str, region: str | None) -> str:
    return f"constructs-trainers hub pull --model {short_text(model)} --region {region or 'REGION'}"


def _read_models(text: str, *, shown_as: str) -> dict[str, dict[str, LockedModel]]:
    """The models of a lock file: region to model name to model."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"the lock file is damaged: not valid JSON ({error})"
        raise _error(shown_as, shown_as, message, fix=_RESTORE) from None
    version = document.get("LockVersion") if isinstance(document, dict) else None
    if type(version) is not int or version != LOCK_VERSION:
        raise _error(
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
        hub_name = self._member(entry, where, "HubName", str)
        version = self._member(entry, where, "HubContentVersion", str)
        return LockedModel(
            name=name,
            region=region,
            hub_name=hub_name,
            hub_content_arn=self._content_arn(entry, where, region, hub_name, version),
            hub_content_version=version,
            last_modified_time=self._optional(entry, where, "LastModifiedTime", str),
            gated=self._member(entry, where, "GatedBucket", bool),
            training_artifact_uri=self._optional(entry, where, "TrainingArtifactUri", str),
            recipes=tuple(
                self._recipe(recipe, f"{where}.RecipeCollection[{index}]")
                for index, recipe in enumerate(recipes)
            ),
        )

    def _content_arn(self, entry: object, where: str, region: str, hub: str, version: str) -> str:
        """The ARN that jobs are told, which is to be of the model that stands here."""
        arn: str = self._member(entry, where, "HubContentArn", str)
        path = f"{where}.HubContentArn"
        found = arn_problems(path, arn, HUB_MODEL)
        found += place_problems(path, arn, partition=partition_of(region), region=region)
        if found or not is_version_of_hub(arn, hub, version):
            expected = f"version {version} of a model of hub {hub} in {region}"
            raise self._damaged(path, f"{short_repr(arn)} is not the ARN of {expected}")
        return arn

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
        return _error(self._shown_as, path, message, fix=_RESTORE)


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _error(
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
