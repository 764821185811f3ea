"""Reading what DescribeHubContent answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import HubError, Problem
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.recipes.owned_parameters import TECHNIQUES
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


TEMPLATE_URI = "SmtjRecipeTemplateS3Uri"
SPEC_URI = "SmtjOverrideParamsS3Uri"

_FINE_TUNING = "FineTuning"
# What a recipe's entry is read for, in the order of the lock file.
_RECIPE_MEMBERS: Mapping[str, type] = {
    "Name": str,
    "DisplayName": str,
    "CustomizationTechnique": str,
    "Peft": str,
    "SequenceLength": str,
    "IsSubscriptionModel": bool,
    "SmtjImageUri": str,
    "InstanceTypes": list,
}


@dataclass(frozen=True, kw_only=True)
class HubRecipe:
    """A fine-tuning recipe as the hub's document describes it.

    Attributes:
        members: What the lock file keeps of its entry.
        template_uri: Where its template is.
        spec_uri: Where its override spec is.
    """

    members: Mapping[str, Any]
    template_uri: str
    spec_uri: str

    @property
    def name(self) -> str:
        """The recipe's name."""
        return str(self.members["Name"])

    @property
    def technique(self) -> str:
        """Its customization technique."""
        return str(self.members["CustomizationTechnique"])

    @property
    def is_for_subscribers(self) -> bool:
        """Whether only accounts with a subscription may read it, such as one to Nova Forge."""
        return self.members.get("IsSubscriptionModel") is True


@dataclass(frozen=True, kw_only=True)
class HubDocument:
    """What the hub says about a model, before templates and specs are fetched.

    Attributes:
        model: The hub content name.
        members: What the lock file keeps of the answer and its document.
        recipes: The fine-tuning recipes for training jobs, in the hub's order.
    """

    model: str
    members: Mapping[str, Any]
    recipes: Sequence[HubRecipe]

    @property
    def techniques(self) -> list[str]:
        """The techniques that there is a recipe for."""
        offered = {recipe.technique for recipe in self.recipes}
        return [technique for technique in TECHNIQUES if technique in offered]


def read_document(model: str, answer: Mapping[str, Any]) -> HubDocument:
    """Read an answer of DescribeHubContent, with times as boto3 gives them.

    Raises:
        HubError: The document is not JSON, is not as expected, or holds no fine-tuning recipe.
    """
    text = answer.get("HubContentDocument", "")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise hub_error(model, f"the hub's document is not valid JSON: {error}") from None
    if not isinstance(document, dict):
        got = type(document).__name__
        raise hub_error(model, "the hub's document is not a JSON object", got=got)
    reader = _Reader(model)
    members = {
        "HubName": answer["HubName"],
        "HubContentArn": answer["HubContentArn"],
        "HubContentVersion": answer["HubContentVersion"],
        "LastModifiedTime": _iso(answer.get("LastModifiedTime")),
        "GatedBucket": reader.optional(document, model, "GatedBucket", bool) or False,
        "TrainingArtifactUri": reader.optional(document, model, "TrainingArtifactUri", str),
    }
    collection = reader.optional(document, model, "RecipeCollection", list) or []
    recipes = [recipe for entry in collection if (recipe := reader.recipe(entry)) is not None]
    if reader.problems:
        raise HubError(model, reader.problems)
    if not recipes:
        raise hub_error(
            model,
            "the hub's document holds no fine-tuning recipe for training jobs",
            fix="'constructs-trainers hub list' names the models that can be fine-tuned",
        )
    return HubDocument(model=model, members=_present(members), recipes=recipes)


class _Reader:
    """Checks the members that are read, and notes every problem."""

    def __init__(self, model: str) -> None:
        self._model = model
        self.problems: list[Problem] = []

    def recipe(self, entry: object) -> HubRecipe | None:
        """The recipe, or None for one that training jobs are not fine-tuned with."""
        if not isinstance(entry, Mapping):
            self._wrong(f"{self._model}.RecipeCollection", "an entry is not an object", entry)
            return None
        if (
            entry.get("Type") != _FINE_TUNING
            or entry.get("CustomizationTechnique") not in TECHNIQUES
            or not entry.get(TEMPLATE_URI)
        ):
            return None
        where = f"{self._model}.{entry.get('Name')}"
        found = {n: self.optional(entry, where, n, kind) for n, kind in _RECIPE_MEMBERS.items()}
        uris = {n: self.optional(entry, where, n, str) for n in (TEMPLATE_URI, SPEC_URI)}
        for name in ("Name", SPEC_URI):
            if not entry.get(name):
                message = f"the hub's recipe has no '{name}'"
                self.problems.append(Problem(path=where, message=message))
        types = found["InstanceTypes"] or []
        if not all(isinstance(item, str) for item in types):
            self._wrong(f"{where}.InstanceTypes", "expected a list of strings", types)
        return HubRecipe(
            members=_present(found),
            template_uri=str(uris[TEMPLATE_URI]),
            spec_uri=str(uris[SPEC_URI]),
        )

    def optional(self, entry: Mapping[str, Any], where: str, name: str, kind: type) -> Any:  # noqa: ANN401 - of `kind`
        """A member; null and one of another type, which is noted, are None."""
        value = entry.get(name)
        if value is not None and not isinstance(value, kind):
            self._wrong(f"{where}.{name}", f"expected {kind.__name__}", value)
            return None
        return value

    def _wrong(self, path: str, message: str, got: object) -> None:
        message = f"the hub's document is not as expected: {message}"
        self.problems.append(Problem(path=path, message=message, got=short_repr(got)))


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _iso(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
