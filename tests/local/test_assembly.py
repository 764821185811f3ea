from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.local.assembly import (
    read_assembly,
    recipe_summary,
    select_machine,
    select_stacks,
)
from constructs_trainers.local.environment import MisuseError

if TYPE_CHECKING:
    from pathlib import Path


def machine(path: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - as in a template
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": properties,
        "Metadata": {"aws:cdk:path": f"{path}/Resource"},
    }


def trainer(path: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - as in a template
    resource = machine(path, **properties)
    resource["Metadata"]["constructs-trainers:recipe"] = {"Model": "llama"}
    return resource


def stack(template: str, environment: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": template},
        **more,
    }


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """Two stacks, the second after the first, and one in a stage."""
    agnostic, oregon = "aws://unknown-account/unknown-region", "aws://123456789012/us-west-2"
    write(tmp_path / "Data.template.json", {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
    write(
        tmp_path / "Training.template.json",
        {
            "Resources": {
                "SftMachine1": trainer("Training/Sft/Machine", StateMachineName="sft"),
                "DpoMachine2": trainer("Training/Dpo/Machine"),
                "Stopper3": machine("Training/Stopper"),
            }
        },
    )
    stage = tmp_path / "assembly-Prod"
    stage.mkdir()
    write(stage / "Prod.template.json", {"Resources": {"Only4": machine("Prod/Training/Only")}})
    prod = stack("Prod.template.json", oregon, displayName="Prod/Training (Prod-Training)")
    prod["properties"]["stackName"] = "Prod-Training"
    write(stage / "manifest.json", {"artifacts": {"ProdTraining": prod}})
    artifacts = {
        "Data.assets": {"type": "cdk:asset-manifest"},
        "Data": stack("Data.template.json", agnostic),
        "Training": stack(
            "Training.template.json", oregon, dependencies=["Data", "Training.assets"]
        ),
        "assembly-Prod": {
            "type": "cdk:cloud-assembly",
            "properties": {"directoryName": "assembly-Prod"},
        },
    }
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    return tmp_path


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content))


def test_the_stacks_of_stages_are_found_with_their_environments(assembly: Path) -> None:
    found = {
        stack.selector: (stack.name, stack.account, stack.region)
        for stack in read_assembly(assembly)
    }
    assert found == {
        "Data": ("Data", None, None),
        "Training": ("Training", "123456789012", "us-west-2"),
        "Prod/Training": ("Prod-Training", "123456789012", "us-west-2"),
    }


def test_a_chosen_stack_is_deployed_with_what_it_depends_on(assembly: Path) -> None:
    chosen, deployed = select_stacks(read_assembly(assembly), "Training")
    assert [stack.name for stack in chosen] == ["Training"]
    assert [stack.name for stack in deployed] == ["Data", "Training"]


def test_a_mistyped_stack_is_refused_with_what_was_meant(assembly: Path) -> None:
    with pytest.raises(MisuseError, match="did you mean 'Training'"):
        select_stacks(read_assembly(assembly), "Trainig")


@pytest.mark.parametrize("name", ["SftMachine1", "sft", "Training/Sft/Machine"])
def test_a_machine_is_chosen_by_logical_id_name_or_path(assembly: Path, name: str) -> None:
    assert select_machine(read_assembly(assembly), name).logical_id == "SftMachine1"


def test_a_machine_that_is_no_trainers_can_be_named(assembly: Path) -> None:
    assert select_machine(read_assembly(assembly), "Stopper").logical_id == "Stopper3"


def test_several_trainers_have_to_be_told_apart(assembly: Path) -> None:
    with pytest.raises(MisuseError, match="--state-machine") as refused:
        select_machine(read_assembly(assembly), None)
    (problem,) = refused.value.problems
    assert problem.allowed == (
        "SftMachine1 (Training/Sft/Machine), DpoMachine2 (Training/Dpo/Machine)"
    )


def test_a_mistyped_machine_is_refused_with_all_that_there_are(assembly: Path) -> None:
    with pytest.raises(MisuseError, match="did you mean 'Stopper'") as refused:
        select_machine(read_assembly(assembly), "Stoper")
    assert "Stopper3" in (refused.value.problems[0].allowed or "")


def test_a_name_that_several_machines_have_is_no_choice(assembly: Path) -> None:
    with pytest.raises(MisuseError, match="several fit"):
        select_machine(read_assembly(assembly), "Machine")


def test_the_only_machine_needs_no_name(assembly: Path) -> None:
    chosen, _ = select_stacks(read_assembly(assembly), "Prod/Training")
    assert select_machine(chosen, None).logical_id == "Only4"


def test_stacks_without_machines_cannot_be_run(assembly: Path) -> None:
    chosen, _ = select_stacks(read_assembly(assembly), "Data")
    with pytest.raises(MisuseError, match="have none"):
        select_machine(chosen, None)


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
