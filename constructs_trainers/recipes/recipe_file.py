"""The recipe of a job on own instances: a file in a channel, whose paths the trainer fills in.

Rules as in ``sagemaker.train`` (BaseTrainer and ``ModelTrainer.from_recipe``): data, model and
output are where CreateTrainingJob puts channels in the container; Nova's images read
hyperparameters beside the file, those of open models the file alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.node_count import agreed_count
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.owned_parameters import PROTECTED
from constructs_trainers.recipes.paths import dotted, leaves
from constructs_trainers.recipes.resolve import RecipeChoice
from constructs_trainers.recipes.spec import OverrideSpec, Parameter
from constructs_trainers.recipes.validation import is_known_number, sequence_length_in_tokens
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
    from constructs_trainers.recipes.resolve import RecipeRequest
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe

_CHANNELS: Final = "/opt/ml/input/data"
RECIPE_FILE_NAME: Final = "recipe.yaml"
RECIPE_PATH: Final = f"{_CHANNELS}/recipe/{RECIPE_FILE_NAME}"
_MODEL_PATH: Final = f"{_CHANNELS}/model"
_OUTPUT_PATH: Final = "/opt/ml/model"

# What the SDK adds to the spec where the template mentions it and the spec does not.
_PLATFORM_PARAMETERS: Final = (
    "name",
    "data_s3_path",
    "output_s3_path",
    "mlflow_tracking_uri",
    "mlflow_experiment_name",
    "mlflow_run_name",
)
_MODEL: Final = "model_name_or_path"
_RECORD_LENGTH: Final = "dataset_max_len"
_VALIDATION_PARAMETERS: Final = ("validation_data_path", "validation_data_name")


@dataclass(frozen=True, kw_only=True)
class RecipeFile:
    """What the recipe of a job on own instances must know of the job.

    Attributes:
        training_data: File or folder of the training data within its channel; None when the
            channel is not the trainer's.
        validation_data: The same for the validation data.
        checkpoint: S3 URI of the model to go on from; None for the hub's own.
        instance_type: The instances' type, or None when it is not one.
        instance_count: How many instances the compute gives, or None when it gives no number.
        count_is_known: Whether their number is known at synthesis.
        mlflow_tracking_uri: ARN of the MLflow server or app; None for no tracking.
        mlflow_experiment_name: The experiment, with tracking only; None for the job names' stem.
        mlflow_run_name: The run, likewise.
        reward_lambda_arn: The reward function of RLVR, or None.
    """

    training_data: str | None = None
    validation_data: str | None = None
    checkpoint: str | None = None
    instance_type: str | None = None
    instance_count: int | None = None
    count_is_known: bool = True
    mlflow_tracking_uri: str | None = None
    mlflow_experiment_name: str | None = None
    mlflow_run_name: str | None = None
    reward_lambda_arn: str | None = None

    def resolve(self, asked: RecipeRequest) -> RecipeChoice:
        """Resolve a recipe that travels as a file."""
        model, recipe, owned = asked.model, asked.selected.recipe, asked.props.owned
        own = replace(
            self,
            mlflow_experiment_name=self.mlflow_experiment_name or asked.run_name,
            mlflow_run_name=self.mlflow_run_name or asked.run_name,
        )
        spec = spec_of_the_file(recipe, asked.selected.spec, own)
        channel_uri = model_channel_uri(model, recipe, spec, own)

        def resolve(filled: Mapping[str, object]) -> ResolvedRecipe:
            return resolve_recipe(
                recipe.template,
                spec,
                asked.layers,
                # The trainer writes these into the file; nothing is left to the service.
                protected={**PROTECTED, **owned},
                owned={},
                filled=filled,
                sequence_length=recipe.sequence_length,
            )

        filled = filled_values(recipe, own, channel_uri)
        resolved = resolve(filled)
        nodes = agreed_count(resolved, own.instance_count, known=own.count_is_known)
        if nodes.filled:
            resolved = resolve({**filled, **nodes.filled})
        found = [
            *nodes.problems,
            *token_problems(resolved),
            *place_problems(resolved, own),
            *length_problems(resolved, recipe),
            *empty_problems(resolved, asked, has_weights=channel_uri is not None),
        ]
        if found:
            raise RecipeError("recipe", found)
        return RecipeChoice(
            model=model,
            recipe=recipe,
            resolved=resolved,
            hyperparameters=own_instances_hyperparameters(resolved, recipe, own, owned),
            model_channel_uri=channel_uri,
            instance_count=nodes.count,
        )


def channel_path(channel: str, file_name: str | None = None) -> str:
    """Where a channel, or one file in it, is in the container."""
    return f"{_CHANNELS}/{channel}" + (f"/{file_name}" if file_name else "")


def is_nova(recipe: LockedRecipe) -> bool:
    """Whether a recipe is for Amazon Nova, whose images also read hyperparameters."""
    run = recipe.template.get("run")
    model_type = run.get("model_type") if isinstance(run, dict) else None
    return "amazon.nova" in str(model_type)


def spec_of_the_file(recipe: LockedRecipe, spec: OverrideSpec, own: RecipeFile) -> OverrideSpec:
    """The spec that the recipe in the file is held against.

    It has the parameters that the template mentions and the hub leaves out. It does not ask for
    validation data where there is none: the images then split the training data.
    """
    text = str(recipe.template)
    other = {
        name: Parameter(name=name, type="string", default="")
        for name in _PLATFORM_PARAMETERS
        if name not in spec and f"{{{{{name}}}}}" in text
    }
    if own.validation_data is None:
        other |= {
            name: replace(spec[name], required=False)
            for name in _VALIDATION_PARAMETERS
            if name in spec
        }
    return OverrideSpec({**spec, **other}) if other else spec


def model_channel_uri(
    model: LockedModel, recipe: LockedRecipe, spec: OverrideSpec, own: RecipeFile
) -> str | None:
    """S3 URI of the weights that the job is given in channel ``model``; None for no channel."""
    if is_nova(recipe):
        return None
    if own.checkpoint is not None:
        return own.checkpoint
    has_open_place = "model_name_or_path" in spec and spec["model_name_or_path"].default == ""
    return model.training_artifact_uri if has_open_place else None


def filled_values(
    recipe: LockedRecipe, own: RecipeFile, channel_uri: str | None
) -> dict[str, object]:
    """What the trainer writes into the recipe, by parameter or leaf name."""
    filled: dict[str, object] = {}
    if is_nova(recipe):
        filled["model_name_or_path"] = own.checkpoint
        filled["instance_type"] = own.instance_type
    else:
        filled["data_path"] = own.training_data
        filled["validation_data_path"] = own.validation_data
        filled["output_path"] = _OUTPUT_PATH
        if channel_uri is not None:
            filled["model_name_or_path"] = _MODEL_PATH
    filled["reward_lambda_arn"] = own.reward_lambda_arn
    filled["mlflow_tracking_uri"] = own.mlflow_tracking_uri
    if own.mlflow_tracking_uri is not None:
        filled["mlflow_experiment_name"] = own.mlflow_experiment_name
        filled["mlflow_run_name"] = own.mlflow_run_name
    return {name: value for name, value in filled.items() if value is not None}


def own_instances_hyperparameters(
    resolved: ResolvedRecipe, recipe: LockedRecipe, own: RecipeFile, owned: Mapping[str, str]
) -> dict[str, str]:
    """The hyperparameters beside the file: where it is, and for Nova the recipe's parameters.

    Those that are owned are no hyperparameters.
    """
    if not is_nova(recipe):
        return {"sagemaker_recipe_local_path": RECIPE_PATH}
    sent: dict[str, object] = {}
    models = [leaf.default for leaf in resolved.leaves if leaf.path[-1] == "model_name_or_path"]
    if own.checkpoint is not None:
        sent["base_model_location"] = own.checkpoint
    elif models and models[0] is not None:
        sent["base_model"] = models[0]
    if own.reward_lambda_arn is not None:
        sent["reward_lambda_arn"] = own.reward_lambda_arn
    values = {leaf.parameter: leaf.value for leaf in resolved.leaves if leaf.parameter}
    values |= {item.name: item.value for item in resolved.parameters}
    for name in recipe.spec:
        if name in owned:
            continue
        # The image finds the checkpoint in base_model_location; this names the model it is of.
        value = recipe.spec[name].default if name in PROTECTED else values.get(name)
        if value is not None:
            sent[name] = value
    sent["sagemaker_recipe_local_path"] = RECIPE_PATH
    return {name: str(value) for name, value in sent.items()}


def token_problems(resolved: ResolvedRecipe) -> list[Problem]:
    """The values that a file cannot carry: what is only known at deployment."""
    return [
        Problem(
            path=dotted(path),
            message="is only known at deployment, and a recipe on own instances is a file that is "
            "written at synthesis",
            got=short_repr(value),
            fix="write the value out",
        )
        for path, value in leaves(resolved.to_dict())
        if is_token(value)
    ]


def length_problems(resolved: ResolvedRecipe, recipe: LockedRecipe) -> list[Problem]:
    """Records longer than the recipe's sequence length, as ``sagemaker.train`` refuses them."""
    longest = sequence_length_in_tokens(recipe.sequence_length)
    return [
        Problem(
            path=leaf.parameter or dotted(leaf.path),
            message="is longer than the recipe's sequence length",
            got=short_repr(leaf.value),
            allowed=f"{longest} tokens or less ({recipe.sequence_length})",
            fix="give sequence_length for a recipe of a greater length, where the model has one",
            origin=str(leaf.origin),
        )
        for leaf in resolved.leaves
        if (leaf.parameter or leaf.path[-1]) == _RECORD_LENGTH
        and longest is not None
        and leaf.is_set
        and is_known_number(leaf.value)
        and leaf.value > longest
    ]


def empty_problems(
    resolved: ResolvedRecipe, asked: RecipeRequest, *, has_weights: bool
) -> list[Problem]:
    """What a job must find in its file, and would not: the model, first of all."""
    found = []
    for leaf in resolved.leaves:
        name = leaf.parameter or leaf.path[-1]
        if leaf.value is not None and leaf.value != "":
            continue
        if name == _MODEL and leaf.parameter is not None and not has_weights:
            found.append(_no_model(asked))
        elif leaf.default and name in resolved.spec and resolved.spec[name].required:
            found.append(
                Problem(
                    path=dotted(leaf.path),
                    message="is required, and would be empty in the file that the job reads",
                    fix=f"set '{name}'",
                )
            )
    return list(dict.fromkeys(found))


def _no_model(asked: RecipeRequest) -> Problem:
    model, technique = asked.model, asked.selected.recipe.technique
    return Problem(
        path="model",
        message=f"the lock names no weights of '{model.name}': the job would have no model",
        fix=f"take them from the hub: constructs-trainers hub pull --model {model.name} --region "
        f"{model.region} --technique {technique}; or give the S3 URI of a checkpoint, with "
        "base_model_name",
    )


def place_problems(resolved: ResolvedRecipe, own: RecipeFile) -> list[Problem]:
    """What the job is given and the recipe has no place for, so that it would be lost."""
    names = {leaf.parameter or leaf.path[-1] for leaf in resolved.leaves}
    props = {
        "reward_lambda_arn": ("custom_reward_function", own.reward_lambda_arn),
        "mlflow_tracking_uri": ("mlflow_resource_arn", own.mlflow_tracking_uri),
    }
    return [
        Problem(
            path=prop,
            message=f"the recipe has no place for it: no leaf stands for '{name}'",
            got=short_repr(value),
            fix="leave it out, or use another recipe",
        )
        for name, (prop, value) in props.items()
        if value is not None and name not in names
    ]
