"""A customization technique: what one trainer does differently from the others.

This is what all have in common. Each stands beside its trainer, in ``trainers/<name>_trainer.py``;
the parameters that it keeps to itself, which the command line needs too, in
``recipes/owned_parameters.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS
from constructs_trainers.recipes.resolve import Contribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
    from constructs_trainers.recipes.locked_models import LockedModel
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.values.arns import Environment


@dataclass(frozen=True, kw_only=True)
class Technique:
    """A technique without props of its own; one that has some has them as members.

    Attributes:
        name: ``SFT``, ``DPO``, ``RLVR`` or ``RLAIF``, the API's CustomizationTechnique.
        evaluator_prop: The prop that names the evaluator of a serverless job; empty for none.
    """

    name: str
    evaluator_prop: ClassVar[str] = ""

    @property
    def owned_parameters(self) -> Mapping[str, str]:
        """Spec parameters that the trainer or the service sets, each with what to do instead."""
        return OWNED_PARAMETERS[self.name]

    def own_instances_problems(self) -> list[Problem]:
        """What keeps the technique, as its props ask for it, from running on own instances."""
        return []

    @property
    def reward_arn(self) -> str | None:
        """What a recipe on own instances calls to score answers."""
        return None

    @property
    def reward_lambda_arn(self) -> str | None:
        """The Lambda function that the job's role must be allowed to call."""
        return None

    def registration(self, place: Environment) -> EvaluatorImport | None:
        """What the state machine registers before a serverless job."""
        del place
        return None

    def problems(self, place: Environment) -> list[Problem]:
        """What is wrong with the technique's own props, without the recipe.

        Args:
            place: Where the stack is deployed to.
        """
        del place
        return []

    def contribution(
        self, model: LockedModel, spec: OverrideSpec, props: TrainerProps, place: Environment
    ) -> Contribution:
        """What the technique's own props add to recipe and request.

        Raises:
            RecipeError: The recipe cannot take what the props ask for.
        """
        del model, spec, props, place
        return Contribution()

    def recipe_problems(self, recipe: ResolvedRecipe) -> list[Problem]:
        """What is wrong with the resolved recipe for this technique."""
        del recipe
        return []
