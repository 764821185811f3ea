"""The options with which the ``recipe`` commands are told of a recipe."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.owned_parameters import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.lock import RecipeLock
    from constructs_trainers.recipes.resolve import RecipeChoice, RecipeRules


_OPTIONS: Final = (
    click.option("--model", metavar="NAME", help="The base model.  [default: the lock's only one]"),
    click.option(
        "--technique",
        type=click.Choice(TECHNIQUES),
        help="[default: the only one that the lock has for the model]",
    ),
    click.option(
        "--training-type",
        type=click.Choice(["LORA", "FULL"]),
        default="LORA",
        show_default=True,
        help="Adapters, or all weights.",
    ),
    click.option(
        "--sequence-length",
        metavar="LENGTH",
        help="Such as 4K.  [default: the first recipe that the hub lists]",
    ),
    click.option(
        "--instance-type",
        metavar="TYPE",
        help="For a job on own instances, such as ml.p5.48xlarge.  [default: a serverless job]",
    ),
    click.option(
        "--recipe-name",
        metavar="NAME",
        help="The hub's name of the recipe, for a job on own instances.  [default: the first that "
        "the other options leave]",
    ),
    click.option(
        "--region",
        metavar="NAME",
        help="The region of the lock.  [default: any, when all agree on the model]",
    ),
    click.option(
        "--lock",
        metavar="FILE",
        help="The lock file.  [default: as for an app: cdk.json's context, else recipes.lock.json "
        "beside cdk.json]",
    ),
    click.option("--recipe", metavar="FILE", help="The recipe file, if not given as argument."),
    click.option(
        "--override",
        "overrides",
        metavar="PATH=VALUE",
        multiple=True,
        help="A value over the recipe file's, read as YAML. Repeatable.",
    ),
    click.option(
        "--hyperparameter",
        "hyperparameters",
        metavar="NAME=VALUE",
        multiple=True,
        help="A value over the overrides', read as YAML. Repeatable.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """What the options say."""

    model: str | None
    technique: str | None
    training_type: str
    sequence_length: str | None
    instance_type: str | None
    recipe_name: str | None
    region: str | None
    lock: str | None
    recipe: str | None
    overrides: tuple[str, ...]
    hyperparameters: tuple[str, ...]

    def choose(self) -> tuple[RecipeChoice | None, list[Problem]]:
        """Choose the recipe and resolve it.

        Returns:
            The choice, or None, and everything that is wrong.

        Raises:
            click.UsageError: An option is missing or not of its form.
            LockError: The lock cannot be used.
        """
        from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS
        from constructs_trainers.recipes.project_files import lock_path_in_cdk_json, read_lock
        from constructs_trainers.recipes.resolve import RecipeProps, choose_recipe

        overrides = _assignments("--override", self.overrides)
        hyperparameters = _assignments("--hyperparameter", self.hyperparameters)
        lock = read_lock(self.lock or lock_path_in_cdk_json())
        model = self.model or _only("--model", lock.model_names, "the lock file")
        technique = self.technique or self._only_technique(lock, model)
        props = RecipeProps(
            base_model=model,
            technique=technique,
            training_type=self.training_type,
            sequence_length=self.sequence_length,
            recipe_name=self.recipe_name,
            instance_types=[self.instance_type] if self.instance_type else [],
            recipe=self.recipe,
            overrides=overrides or None,
            hyperparameters=hyperparameters or None,
            owned=OWNED_PARAMETERS[technique],
            rules=self._rules(),
        )
        problems: list[Problem] = []
        choice = choose_recipe(
            props,
            lock=lambda: lock,
            region=self.region,
            number_token_as_text=str,
            problems=problems,
        )
        return choice, [*problems, *self._further_problems(choice)]

    def _rules(self) -> RecipeRules:
        """Those of a job on own instances where instances or a recipe are named."""
        from constructs_trainers.recipes.recipe_file import RecipeFile, channel_path
        from constructs_trainers.recipes.resolve import SERVERLESS

        if self.instance_type is None and self.recipe_name is None:
            return SERVERLESS
        return RecipeFile(training_data=channel_path("train"), instance_type=self.instance_type)

    def _further_problems(self, choice: RecipeChoice | None) -> list[Problem]:
        """What synthesis would refuse of a recipe that is right in itself."""
        from constructs_trainers.jobs.request.check import shape_problems
        from constructs_trainers.recipes.selection import type_problem

        if choice is None:
            return []
        found = shape_problems("hyperparameters", dict(choice.hyperparameters), "HyperParameters")
        if self.instance_type is not None:
            problem = type_problem(
                choice.model, choice.recipe, "--instance-type", self.instance_type
            )
            found += [problem] if problem else []
        return found

    def chosen(self) -> RecipeChoice:
        """Choose the recipe and resolve it.

        Raises:
            click.UsageError: An option is missing or not of its form.
            RecipeError: With everything that is wrong.
        """
        choice, problems = self.choose()
        if choice is None or problems:
            raise RecipeError(self.recipe or "recipe", problems)
        return choice

    def _only_technique(self, lock: RecipeLock, model: str) -> str:
        found = lock.model(model, self.region).recipes
        known = dict.fromkeys(
            recipe.technique for recipe in found if recipe.technique in TECHNIQUES
        )
        return _only("--technique", tuple(known), f"the lock file for '{model}'")


def recipe_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which takes them as its argument ``options``.

    A recipe file may also be given as the command's argument ``file``.
    """

    @functools.wraps(command)
    def with_options(*, file: str | None = None, **values: Any) -> Any:  # noqa: ANN401 - click's values
        chosen = {name: values.pop(name) for name in RecipeOptions.__dataclass_fields__}
        if file is not None and chosen["recipe"] is not None:
            raise click.UsageError("the recipe file is given twice: as argument and by --recipe")
        options = RecipeOptions(**{**chosen, "recipe": file or chosen["recipe"]})
        return command(options=options, **values)

    decorated: Callable[..., Any] = with_options
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _assignments(option: str, texts: tuple[str, ...]) -> Mapping[str, object]:
    values: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise click.UsageError(f"{option}: expected NAME=VALUE, got '{text}'")
        if name in values:
            raise click.UsageError(f"{option}: '{name}' is given twice")
        values[name] = _value(option, text, value)
    return values


def _value(option: str, text: str, value: str) -> object:
    from constructs_trainers.recipes.yaml_file import parse_yaml_value

    try:
        return parse_yaml_value(value, shown_as=option)
    except RecipeError as error:
        problem = error.problems[0]
        hint = problem.fix or "quote it, as in NAME='\"a: b\"', where it is text"
        raise click.UsageError(f"{option}: '{text}': {problem.message}; {hint}") from None


def _only(option: str, names: tuple[str, ...], where: str) -> str:
    if len(names) != 1:
        listed = ", ".join(names) or "none"
        raise click.UsageError(f"{option} is needed: {where} holds {listed}")
    return names[0]
