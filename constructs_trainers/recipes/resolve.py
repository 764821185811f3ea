"""From what a user asks for to the resolved recipe and what is sent of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from constructs_trainers.errors import ConstructsTrainersError, Problem, RecipeError
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.layers import mapping_layer, recipe_file_layer
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.owned_parameters import PROTECTED
from constructs_trainers.recipes.project_files import find_file, shown_path
from constructs_trainers.recipes.selection import Wanted, select_recipe
from constructs_trainers.values.job_names import job_name_stem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_trainers.recipes.layers import Layer
    from constructs_trainers.recipes.lock import RecipeLock
    from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.recipes.selection import SelectedRecipe
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.values.expressions import Expression

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What a technique's own props add to a recipe and its request.

    Attributes:
        filled: Values written over all layers, by parameter or leaf name; None is not sent.
        hyperparameters: Hyperparameters that the recipe does not know.
        evaluator_arn: What scores answers, as the request takes it.
    """

    filled: Mapping[str, object] = field(default_factory=dict)
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    evaluator_arn: str | Expression | None = None


@dataclass(frozen=True, kw_only=True)
class RecipeChoice:
    """A recipe and what is sent of it.

    Attributes:
        model: The base model's entry in the lock.
        recipe: The hub's recipe.
        resolved: The recipe with the user's layers.
        hyperparameters: The job's hyperparameters.
        model_channel_uri: S3 URI of the weights for channel ``model``; None for no such channel.
        instance_count: How many instances the job has, where they are its own and their number is
            known.
    """

    model: LockedModel
    recipe: LockedRecipe
    resolved: ResolvedRecipe
    hyperparameters: Mapping[str, str]
    model_channel_uri: str | None = None
    instance_count: int | None = None
    contribution: Contribution = field(default_factory=Contribution)


class RecipeRules(Protocol):
    """By which rules a recipe is resolved, and what is sent of it."""

    def resolve(self, asked: RecipeRequest) -> RecipeChoice:
        """Resolve a recipe.

        Raises:
            RecipeError: With everything that is wrong with the values.
        """
        ...


@dataclass(frozen=True)
class RecipeRequest:
    """A recipe that was chosen, and what goes over it.

    Attributes:
        model: The base model's entry in the lock.
        selected: The recipe with its spec.
        layers: The user's layers.
        props: What decides the recipe.
        number_token_as_text: Gives the string token for a number that is a CDK token.
    """

    model: LockedModel
    selected: SelectedRecipe
    layers: Sequence[Layer]
    props: RecipeProps
    number_token_as_text: Callable[[object], str]

    @property
    def run_name(self) -> str:
        """What runs are called elsewhere: the model by the hub's name, however it was given."""
        return job_name_stem(self.props.base_job_name, self.model.name, self.props.technique)

    @property
    def contribution(self) -> Contribution:
        """What the technique adds."""
        add = self.props.contribution
        return Contribution() if add is None else add(self.model, self.selected.spec)


class _Serverless:
    """The spec's parameters are sent as hyperparameters; the service fills in the rest."""

    def resolve(self, asked: RecipeRequest) -> RecipeChoice:
        """Resolve a recipe."""
        recipe = asked.selected.recipe
        added = asked.contribution
        resolved = resolve_recipe(
            recipe.template,
            asked.selected.spec,
            asked.layers,
            protected=PROTECTED,
            owned=asked.props.owned,
            filled=added.filled,
            sequence_length=recipe.sequence_length,
        )
        sent = serverless_hyperparameters(resolved, number_token_as_text=asked.number_token_as_text)
        return RecipeChoice(
            model=asked.model,
            recipe=recipe,
            resolved=resolved,
            hyperparameters={**sent, **added.hyperparameters},
            contribution=added,
        )


SERVERLESS: RecipeRules = _Serverless()
"""The rules for serverless jobs."""


@dataclass(frozen=True, kw_only=True)
class RecipeProps:
    """What decides a recipe, in the words of a trainer's props."""

    base_model: str
    technique: str
    training_type: str
    sequence_length: str | None
    recipe: str | None
    overrides: Mapping[str, object] | None
    hyperparameters: Mapping[str, object] | None
    owned: Mapping[str, str]
    rules: RecipeRules = SERVERLESS
    contribution: Callable[[LockedModel, OverrideSpec], Contribution] | None = None
    base_job_name: str | None = None
    recipe_name: str | None = None
    instance_types: Sequence[str] = ()

    @property
    def has_layers(self) -> bool:
        """Whether the user put anything over the hub's recipe."""
        return bool(self.recipe is not None or self.overrides or self.hyperparameters)


def choose_recipe(
    props: RecipeProps,
    *,
    lock: Callable[[], RecipeLock],
    region: str | None,
    number_token_as_text: Callable[[object], str],
    problems: list[Problem],
) -> RecipeChoice | None:
    """Look the model up, choose its recipe, and resolve it.

    Returns:
        The choice, or None when there are problems, which are then in ``problems``.
    """
    before = len(problems)
    layers = _layers(props, problems)
    selected = _collect(problems, lambda: _selected(lock(), props, region))
    if selected is None:
        return None
    asked = RecipeRequest(*selected, layers, props, number_token_as_text)
    chosen = _collect(problems, lambda: props.rules.resolve(asked))
    return None if len(problems) > before else chosen


def _selected(
    lock: RecipeLock, props: RecipeProps, region: str | None
) -> tuple[LockedModel, SelectedRecipe]:
    model = lock.model(props.base_model, region)
    wanted = Wanted(
        technique=props.technique,
        training_type=props.training_type,
        sequence_length=props.sequence_length,
        instance_types=props.instance_types,
        name=props.recipe_name,
    )
    selected = select_recipe(model, wanted)
    return model, selected


def _layers(props: RecipeProps, problems: list[Problem]) -> list[Layer]:
    found: list[Layer | None] = []
    if props.recipe is not None:
        found.append(_collect(problems, partial(_file_layer, str(props.recipe))))
    for name in ("overrides", "hyperparameters"):
        values = getattr(props, name)
        if values is not None:
            found.append(_collect(problems, partial(mapping_layer, name, values)))
    return [layer for layer in found if layer is not None]


def _file_layer(recipe: str) -> Layer:
    if is_token(recipe):
        raise _recipe_problem(recipe, "must be known when the app is synthesized, not a token")
    if not recipe:
        raise _recipe_problem(recipe, "is empty")
    if "://" in recipe:
        raise _recipe_problem(
            recipe,
            "must be a local file: synthesis reads nothing from the network",
            fix="download the recipe, review it, and commit it beside the app",
        )
    return recipe_file_layer(find_file(recipe), shown_as=shown_path(recipe))


def _recipe_problem(recipe: str, message: str, fix: str | None = None) -> RecipeError:
    problem = Problem(
        path="recipe",
        message=message,
        got=short_repr(recipe),
        allowed="a path to a YAML file",
        fix=fix,
    )
    return RecipeError("recipe", [problem])


def _collect(problems: list[Problem], compute: Callable[[], T]) -> T | None:
    try:
        return compute()
    except ConstructsTrainersError as error:
        problems.extend(error.problems)
        return None
