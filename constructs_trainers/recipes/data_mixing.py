"""Mixing Nova's own training data into the customer's, for serverless fine-tuning.

The hub has recipes of their own for it, whose specs list Nova's categories of data; all else of a
job comes from the usual recipe. Rules as in ``sagemaker.train`` 1.27
(``common_utils.data_mixing_utils``), but that technique and training type must fit, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, RecipeError, did_you_mean
from constructs_trainers.recipes.locked_models import MULTIMODAL_MIXING, TEXT_MIXING, is_nova_model
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
    from constructs_trainers.recipes.spec import OverrideSpec

CUSTOMER_PARAMETER: Final = "customer_data_percent"

_PROP: Final = "data_mixing_config"
_CUSTOMER: Final = f"{_PROP}.{CUSTOMER_PARAMETER}"
_NOVA: Final = f"{_PROP}.nova_data_percentages"
_CATEGORY: Final = re.compile(r"nova_(.+)_percent")
_WHOLE: Final = 100
_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class DataMixingConfig:
    """How much of the training data is the customer's, and what the rest is made of.

    Attributes:
        customer_data_percent: How much of all training data is the customer's, 0 to 100.
        nova_data_percentages: Percentages of the rest by category, such as ``{"code": 60,
            "math": 40}``. Together they are 100; categories that are left out get nothing.
            Default: the recipe's percentages.
    """

    customer_data_percent: float
    nova_data_percentages: Mapping[str, float] | None = None


def data_mixing_recipe(
    model: LockedModel, *, technique: str, training_type: str, is_multimodal: bool | None = None
) -> LockedRecipe:
    """The recipe whose spec lists the categories.

    That for training data of more than text is taken where the user says so; None is text alone:
    the data cannot be looked at during synthesis.

    Raises:
        RecipeError: The model is no Nova model, or the lock has no such recipe of it.
    """
    if not is_nova_model(model.name):
        raise _error(
            Problem(
                path=_PROP,
                message="data mixing is for Nova models only",
                got=short_repr(model.name),
                allowed="a Nova model, such as nova-textgeneration-lite-v2",
                fix=f"leave {_PROP} out",
            )
        )
    mixing = [r for r in model.recipes if r.mixes_data and r.technique == technique]
    marker = MULTIMODAL_MIXING if is_multimodal else TEXT_MIXING
    of_data = [recipe for recipe in mixing if marker in recipe.name.lower()]
    fitting = [recipe for recipe in of_data if recipe.training_type == training_type]
    if fitting:
        return fitting[0]
    if of_data:
        raise _error(
            Problem(
                path="training_type",
                message=f"'{model.name}' has no data-mixing recipe of this training type",
                got=short_repr(training_type),
                allowed=", ".join(dict.fromkeys(recipe.training_type for recipe in of_data)),
            )
        )
    kind = "multimodal data" if is_multimodal else "text"
    others = ", ".join(recipe.name for recipe in model.recipes if recipe.mixes_data)
    raise _error(
        Problem(
            path=_PROP,
            message=f"the lock file has no recipe of '{model.name}' that mixes data into "
            f"{technique} on {kind}",
            allowed=others or None,
            fix=f"constructs-trainers hub pull --model {model.name} --region {model.region} "
            f"--technique {technique}, as an account that is subscribed to Nova Forge",
        )
    )


def data_mixing_problems(
    config: DataMixingConfig,
    model: LockedModel,
    *,
    technique: str,
    training_type: str,
    is_multimodal: bool | None = None,
) -> list[Problem]:
    """Everything that is wrong with a mix. CDK tokens for numbers pass."""
    problems = list(_config_problems(config))
    try:
        recipe = data_mixing_recipe(
            model, technique=technique, training_type=training_type, is_multimodal=is_multimodal
        )
    except RecipeError as error:
        return problems + list(error.problems)
    return problems + list(_category_problems(config, recipe))


def data_mixing_hyperparameters(
    config: DataMixingConfig,
    recipe: LockedRecipe,
    *,
    number_token_as_text: Callable[[object], str] = str,
) -> dict[str, str]:
    """What is sent of a mix without problems, beside the hyperparameters of the usual recipe.

    Returns:
        ``customer_data_percent`` and ``nova_<category>_percent`` for each category of the recipe,
        in the recipe's order; whole numbers without a decimal point.
    """
    given = config.nova_data_percentages
    values: dict[str, object] = {CUSTOMER_PARAMETER: config.customer_data_percent}
    for category, default in data_categories(recipe.spec).items():
        values[f"nova_{category}_percent"] = default if given is None else given.get(category, 0)
    return {
        name: number_token_as_text(value) if is_number_token(value) else _text(value)
        for name, value in values.items()
    }


def data_categories(spec: OverrideSpec) -> dict[str, object]:
    """Nova's categories of data in a data-mixing recipe's spec, with their default percentages."""
    return {
        match[1]: 0 if parameter.default is None else parameter.default
        for name, parameter in spec.items()
        if (match := _CATEGORY.fullmatch(name))
    }


def _config_problems(config: DataMixingConfig) -> Iterator[Problem]:
    yield from _percentage_problems(_CUSTOMER, config.customer_data_percent)
    given: object = config.nova_data_percentages
    if given is None:
        return
    if not isinstance(given, Mapping):
        yield Problem(
            path=_NOVA,
            message="must be a mapping of categories to percentages",
            got=short_repr(given),
            allowed='such as {"code": 60, "math": 40}',
        )
        return
    wrong = [
        problem
        for category, value in given.items()
        for problem in _percentage_problems(f"{_NOVA}.{category}", value)
    ]
    yield from wrong
    customer = config.customer_data_percent
    if wrong or not _is_percentage(customer) or customer == _WHOLE:
        return
    values = list(given.values())
    total = math.fsum(value for value in values if not is_number_token(value))
    all_known = not any(is_number_token(value) for value in values)
    if total - _WHOLE > _TOLERANCE or (all_known and _WHOLE - total > _TOLERANCE):
        yield Problem(
            path=_NOVA,
            message="the percentages of Nova's data do not add up to 100",
            got=f"{_text(total)} in all",
            allowed="100 in all, as long as customer_data_percent is less than 100",
        )


def _category_problems(config: DataMixingConfig, recipe: LockedRecipe) -> Iterator[Problem]:
    categories = data_categories(recipe.spec)
    if not categories:
        yield Problem(
            path=_PROP,
            message=f"the recipe '{recipe.name}' lists no categories of Nova's data",
            fix="pull the recipe again with 'constructs-trainers hub pull'",
        )
        return
    given: object = config.nova_data_percentages
    for category in given if isinstance(given, Mapping) else ():
        if category not in categories:
            yield Problem(
                path=_NOVA,
                message="the recipe has no such category of Nova's data",
                got=short_repr(category),
                allowed=", ".join(categories),
                fix=did_you_mean(str(category), categories),
            )


def _percentage_problems(path: str, value: object) -> Iterator[Problem]:
    if not is_number_token(value) and not _is_percentage(value):
        yield Problem(
            path=path,
            message="is no percentage",
            got=f"{short_repr(value)} ({type(value).__name__})",
            allowed="a number from 0 to 100",
        )


def _is_percentage(value: object) -> bool:
    # NaN is in no range.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _WHOLE


def _text(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(float(value))
    return str(value)


def _error(problem: Problem) -> RecipeError:
    return RecipeError(_PROP, [problem])
