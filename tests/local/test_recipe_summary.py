from __future__ import annotations

from constructs_trainers.local.recipe_summary import recipe_summary


def test_the_summary_is_aligned_and_says_where_each_change_comes_from() -> None:
    lines = recipe_summary(
        {
            "LockEntry": {
                "Model": "llama",
                "RecipeName": "llmft_sft_lora",
                "HubContentVersion": "1.0.0",
            },
            "Technique": "SFT",
            "RecipeDigest": "0123abcd",
            "Changed": {
                "learning_rate": {
                    "Path": "training_args.learning_rate",
                    "HubDefault": 1e-4,
                    "Origin": "overrides",
                },
                "max_epochs": {"Path": "training_args.max_epochs", "Origin": "recipes/sft.yaml:12"},
                "betas": {"Path": "betas", "Origin": "overrides", "Value": [0.9, 0.99]},
            },
        },
        {"learning_rate": "2e-05", "max_epochs": "3", "seed": "42"},
    )
    assert lines == [
        "  Model          llama",
        "  Technique      SFT",
        "  Recipe         llmft_sft_lora",
        "  Hub content    1.0.0",
        "  Digest         0123abcd",
        "  changed:",
        "    path                         value        hub's default  origin",
        "    training_args.learning_rate  2e-05        0.0001         overrides",
        "    training_args.max_epochs     3            -              recipes/sft.yaml:12",
        "    betas                        [0.9, 0.99]  -              overrides",
    ]


def test_an_unchanged_recipe_is_called_so() -> None:
    assert recipe_summary({"LockEntry": {"Model": "llama"}, "Changed": {}}, {})[-1] == (
        "  nothing in the recipe was changed"
    )
