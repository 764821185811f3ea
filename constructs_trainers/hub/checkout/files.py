"""Where things are in a checkout, and reading them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import did_you_mean
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.hub.recipe_files import read_template
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARAMETERS: Final = "launcher/recipe_templatization"
_MODELS: Final = f"{_PARAMETERS}/jumpstart_model-id_map.json"
_EXCLUSIONS: Final = "recipes_collection/jumpstart_exclusions.yaml"
# The first is where recipes have always been; in newer checkouts it may be a link to the second,
# and links are not checked out everywhere.
_RECIPES: Final = ("recipes_collection/recipes", "hyperpod_recipes/recipes_src")
_FINE_TUNING: Final = "fine-tuning"
_BUILDING_BLOCKS: Final = "hydra_config"


class Checkout:
    """A folder with the repository's content.

    Raises:
        HubError: It does not hold what such a checkout holds.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        roots = [folder / place / _FINE_TUNING for place in _RECIPES]
        root = next((root for root in roots if root.is_dir()), None)
        if root is None or not (folder / _MODELS).is_file():
            lacking = f"{_RECIPES[0]}/{_FINE_TUNING}" if root is None else _MODELS
            raise hub_error(
                str(folder),
                "not a checkout of the recipes repository",
                got=f"no '{lacking}' in it",
                allowed="the root of a checkout of aws/sagemaker-hyperpod-recipes, version 2",
            )
        self.root = root
        self._texts: dict[Path, str] = {}
        self._trees: dict[Path, dict[str, Any]] = {}

    def shown(self, file: Path) -> str:
        """A file's path as messages name it."""
        return str(file.relative_to(self._folder) if file.is_relative_to(self._folder) else file)

    def models(self) -> dict[str, str]:
        """What recipes call a model to its hub content name."""
        return {name: str(model) for name, model in self.json(_MODELS).items()}

    def recipes(self) -> list[Path]:
        """The files of all fine-tuning recipes, by their names."""
        files = self.root.rglob("*.yaml")
        blocks = self.root / _BUILDING_BLOCKS
        recipes = [file for file in files if not file.is_relative_to(blocks)]
        return sorted(recipes, key=lambda file: (file.stem, str(file)))

    def excluded(self, recipe: Path) -> bool:
        """Whether the repository says that a recipe is not published to the hub."""
        file = self._folder / _EXCLUSIONS
        if not file.is_file():
            return False
        name = recipe.relative_to(self.root.parent).with_suffix("").as_posix()
        return any(pattern.search(name) for pattern in self._exclusions(file))

    def _exclusions(self, file: Path) -> Iterator[re.Pattern[str]]:
        patterns = self.tree(file).get("exclusion_patterns") or []
        where = self.shown(file)
        if not isinstance(patterns, list):
            raise hub_error(where, "'exclusion_patterns' is not a list", got=short_repr(patterns))
        for pattern in patterns:
            try:
                yield re.compile(str(pattern))
            except re.error as error:
                message = f"not a regular expression: {error}"
                raise hub_error(where, message, got=short_repr(pattern)) from None

    def family_json(self, family: str, kind: str) -> dict[str, Any]:
        """A parameter file of a family of recipes, such as ``recipe_template_parameters``."""
        return self.json(f"{_PARAMETERS}/{family}/{family}_{kind}.json")

    def base_parameters(self) -> dict[str, Any]:
        """What the families' parameters have in common, in checkouts that have it."""
        name = f"{_PARAMETERS}/base_override_parameters.json"
        if not (self._folder / name).is_file():
            return {}
        return dict(self.json(name).get("fine_tuning") or {})

    def json(self, name: str) -> dict[str, Any]:
        """The object in a JSON file, by the file's path in the checkout.

        Raises:
            HubError: It is missing or unreadable, not JSON, or not an object.
        """
        try:
            found = json.loads(self.text(self._folder / name))
        except (ValueError, RecursionError) as error:
            raise hub_error(name, f"the file is not valid JSON: {error}") from None
        if not isinstance(found, dict):
            raise hub_error(name, "the file is not a JSON object", got=type(found).__name__)
        return found

    def tree(self, file: Path) -> dict[str, Any]:
        """The values in a YAML file. They are shared: not to be changed.

        Raises:
            HubError: It is missing or unreadable, not YAML, or not a mapping.
        """
        if file not in self._trees:
            self._trees[file] = read_template(self.text(file), shown_as=self.shown(file))
        return self._trees[file]

    def text(self, file: Path) -> str:
        """A file's text.

        Raises:
            HubError: It is missing or unreadable, is not UTF-8, or lies outside the checkout.
        """
        if file not in self._texts:
            self._texts[file] = self._read(file)
        return self._texts[file]

    def _read(self, file: Path) -> str:
        where = self.shown(file)
        # A recipe's building blocks are named by paths, which may point anywhere.
        if not file.resolve().is_relative_to(self._folder.resolve()):
            raise hub_error(where, "the file lies outside the checkout", got=str(file.resolve()))
        try:
            return file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            near = [other.name for other in file.parent.glob(f"*{file.suffix}")]
            fix = did_you_mean(file.name, near) or "check that the checkout is complete"
            raise hub_error(where, "the checkout has no such file", fix=fix) from None
        except UnicodeDecodeError as error:
            raise hub_error(where, "the file is not UTF-8 text", got=str(error)) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise hub_error(where, f"the file cannot be read: {reason}") from None
