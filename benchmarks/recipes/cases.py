"""What is resolved: each hub recipe with a value in a user's file and another in overrides."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from constructs_trainers.hub.hub_document import SPEC_URI, TEMPLATE_URI
from constructs_trainers.hub.recipe_files import read_spec, read_template
from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS, PROTECTED
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.spec import NUMBER_TYPES, OverrideSpec
from constructs_trainers.recipes.template import RecipeTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path as FilePath

    from constructs_trainers.recipes.paths import Path
    from constructs_trainers.recipes.spec import Parameter


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hub recipe and what a user puts over it.

    Attributes:
        name: The recipe's name in the hub.
        technique: Its customization technique.
        sequence_length: Such as ``4K``, or None.
        template: The recipe template.
        spec: The override spec, without the parameters that the trainer owns: the SDK's trainers
            take them out before they resolve.
        path: Where the user's file sets a value.
        value: The value there.
        overridden_path: Where the overrides set a value.
        overridden_value: The value there.
    """

    name: str
    technique: str
    sequence_length: str | None
    template: Mapping[str, Any]
    spec: Mapping[str, Any]
    path: Path
    value: object
    overridden_path: Path
    overridden_value: object

    @property
    def recipe(self) -> dict[str, object]:
        """The user's recipe."""
        return tree_of({self.path: self.value})

    @property
    def overrides(self) -> dict[str, object]:
        """The overrides."""
        return tree_of({self.overridden_path: self.overridden_value})

    def interpolated(self) -> Case:
        """The same case, with the overrides' value as the outcome of an interpolation."""
        return replace(self, overridden_value=f"${{multiply:{self.overridden_value},1}}")


def read_cases(folder: FilePath) -> list[Case]:
    """The cases for all recipes of a folder of hub content, in the order of files and hub.

    Args:
        folder: Holds a JSON file a model: under ``hub`` the hub's documents by model, under
            ``s3`` the text of each object by URI.
    """
    return [case for file in sorted(folder.glob("*.json")) for case in _cases_of(file)]


def write_cases(cases: Sequence[Case], folder: FilePath) -> list[dict[str, Any]]:
    """The cases as workers take them, with each user's recipe written to a file.

    Args:
        cases: The cases.
        folder: Where the files go.
    """
    written = []
    for number, case in enumerate(cases):
        file = folder / f"{number:02}.yaml"
        file.write_text(yaml.safe_dump(case.recipe), encoding="utf-8")
        written.append({**asdict(case), "recipe_file": str(file), "overrides": case.overrides})
    return written


def _cases_of(file: FilePath) -> Iterator[Case]:
    content = json.loads(file.read_text(encoding="utf-8"))
    for document in content["hub"].values():
        for entry in document["RecipeCollection"]:
            if entry.get("Type") == "FineTuning" and TEMPLATE_URI in entry:
                yield _case(entry, content["s3"])


def _case(entry: Mapping[str, Any], s3: Mapping[str, str]) -> Case:
    name, technique = entry["Name"], entry["CustomizationTechnique"]
    template = read_template(s3[entry[TEMPLATE_URI]], shown_as=name)
    document = read_spec(s3[entry[SPEC_URI]], shown_as=name)
    open_document = {k: v for k, v in document.items() if k not in OWNED_PARAMETERS[technique]}
    first, second = _settable(template, OverrideSpec.from_json(open_document, shown_as=name))[:2]
    return Case(
        name=name,
        technique=technique,
        sequence_length=entry.get("SequenceLength"),
        template=template,
        spec=open_document,
        path=first[0],
        value=first[1].minimum,
        overridden_path=second[0],
        overridden_value=second[1].minimum,
    )


def _settable(template: Mapping[str, Any], spec: OverrideSpec) -> list[tuple[Path, Parameter]]:
    """The numbers that stand for one leaf each and may be lower than their default.

    In the spec's order. The outcome shows that the lowest value was taken, and rules between two
    values are about what is too high. No other leaf may be called the same: the SDK would give one
    of them the overrides' value, whatever the path.
    """
    taken_apart = RecipeTemplate(template)
    leaf_names = Counter(path[-1] for path in taken_apart.leaves)
    return [
        (places[0], parameter)
        for name, parameter in spec.items()
        if parameter.type in NUMBER_TYPES
        and parameter.minimum not in (None, parameter.default)
        and parameter.enum is None
        and name not in PROTECTED
        and len(places := taken_apart.whole_places(name)) == 1
        and leaf_names[places[0][-1]] == 1
    ]
