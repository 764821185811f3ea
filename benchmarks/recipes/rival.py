"""The worker that resolves with the SageMaker Python SDK. Runs in the SDK's own environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagemaker.train.recipe_resolver import RecipeResolver

from benchmarks.recipes.worker import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PACKAGES = ("sagemaker-train", "omegaconf", "pyyaml")
# What the SDK's trainers pass, see sagemaker.train.base_trainer.
PROTECTED_KEYS = frozenset({"model_type", "model_name_or_path", "dataset_catalog"})


def prepare(case: Mapping[str, Any]) -> Callable[[], Mapping[str, Any]]:
    """What resolves a case with the arguments that the SDK's trainers give the resolver."""
    by_name = {"training_config": {name: f"{{{{{name}}}}}" for name in case["spec"]}}

    def resolve() -> Mapping[str, Any]:
        # A resolver keeps its outcome: each call needs a new one.
        resolver = RecipeResolver(
            recipe_template=by_name,
            override_spec=case["spec"],
            user_recipe_path=case["recipe_file"],
            overrides=case["overrides"],
            protected_keys=set(PROTECTED_KEYS),
            full_recipe_template=case["template"],
        )
        resolved: Mapping[str, Any] = resolver.resolve()
        return resolved

    return resolve


if __name__ == "__main__":
    serve(prepare, PACKAGES)
