"""``constructs-trainers recipe``: its output, its exit codes, and what it does not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from constructs_trainers.cli.main import main
from tests.support.hub_locks import lock_document, write_lock
from tests.support.small_hub import MODEL, small_hub

RECIPE = "training_config:\n  max_len: 8192\n  optim:\n    lr: 1e-5\n"
WRONG = "training_config:\n  max_lenn: 1\n  optim: {lr: 5}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "sft.yaml").write_text(RECIPE)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    write_lock(lock_document(*small_hub()), tmp_path / "recipes.lock.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["recipe", *arguments])


def json_of(*arguments: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(run(*arguments, "--json").stdout)


@pytest.mark.usefixtures("project")
def test_show_prints_yaml_that_reads_back_to_the_values_that_are_trained_with() -> None:
    answer = run("show", "sft.yaml", "--hyperparameter", "max_epochs=3")
    assert (answer.exit_code, answer.stderr) == (0, "")
    shown = yaml.safe_load(answer.stdout)
    assert shown["training_config"] == {
        "max_len": 8192,
        "optim": {"lr": 1e-5, "betas": [0.9, 0.95]},
        "data": {"path": None},
        "scheduler": "cosine",
        "epochs": 3,
    }


@pytest.mark.usefixtures("project")
def test_what_show_prints_is_a_recipe_file_again() -> None:
    first = run("show", "sft.yaml").stdout
    document = yaml.safe_load(first)
    # What a trainer gives by other props is no recipe's to set.
    del document["run"]["model_type"], document["training_config"]["data"]
    Path("again.yaml").write_text(yaml.safe_dump(document))
    assert run("show", "again.yaml").stdout == first


@pytest.mark.usefixtures("project")
def test_values_of_options_are_read_as_yaml_and_hyperparameters_win() -> None:
    options = ("--override", "lr=2e-5", "--hyperparameter", "learning_rate=3e-5")
    rows = {row["path"]: row for row in json_of("explain", "sft.yaml", *options)}
    found = rows["training_config.optim.lr"]
    assert (found["value"], found["origin"]) == (3e-5, "hyperparameters")
    assert (found["replaced"], found["replaced_origin"]) == (2e-5, "overrides")
    (unset,) = [row for row in json_of("explain", "--override", "max_epochs=") if row["changed"]]
    assert unset["value"] is None


@pytest.mark.usefixtures("project")
def test_explain_names_file_and_line_of_each_value_of_a_recipe_file() -> None:
    assert run("explain", "sft.yaml", "--recipe", "sft.yaml").exit_code == 2
    answer = run("explain", "--recipe", "sft.yaml", "--changed")
    lines = answer.stdout.splitlines()
    assert answer.exit_code == 0
    assert len(lines) == 3
    assert "sft.yaml:2" in lines[1]
    assert "sft.yaml:4" in lines[2]
    assert "0.0001 (hub)" in lines[2]
    assert len(json_of("explain")) > 5


@pytest.mark.usefixtures("project")
def test_a_valid_recipe_is_one_line_on_standard_error() -> None:
    answer = run("validate", "sft.yaml")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert len(answer.stderr.splitlines()) == 1
    assert MODEL in answer.stderr
    answer = run("validate", "sft.yaml", "--json")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert json.loads(answer.stdout) == {"valid": True, "problems": []}


@pytest.mark.usefixtures("project")
def test_validate_names_all_problems_with_place_and_suggestion() -> None:
    answer = run("validate", "wrong.yaml", "--override", "schedular=cosine")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "training_config.max_lenn (wrong.yaml:2)" in answer.stderr
    assert "did you mean 'training_config.max_len'?" in answer.stderr
    assert "above the maximum 0.001" in answer.stderr
    assert "did you mean 'scheduler'?" in answer.stderr
    answer = run("validate", "wrong.yaml", "--override", "schedular=cosine", "--json")
    assert answer.exit_code == 1
    result = json.loads(answer.stdout)
    assert result["valid"] is False
    assert set(result["problems"][0]) == {"path", "message", "got", "allowed", "fix", "origin"}
    assert [problem["path"] for problem in result["problems"]] == [
        "training_config.max_lenn",
        "overrides.schedular",
        "training_config.optim.lr",
    ]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--model", "tiny-modle"], "model"),
        (["--technique", "DPO"], "model"),
        (["--sequence-length", "16K"], "sequence_length"),
        (["--region", "eu-west-1"], "model"),
        (["--lock", "nowhere.json"], "nowhere.json"),
        (["nowhere.yaml"], "nowhere.yaml"),
        (["--override", "model_type=mine"], "overrides.model_type"),
        (["--override", "data_path=s3://b/d"], "overrides.data_path"),
        (["--override", "betas=[0.8, 0.9]"], "betas"),
    ],
)
def test_what_synthesis_refuses_is_a_problem(arguments: list[str], path: str) -> None:
    answer = run("validate", *arguments, "--json")
    assert answer.exit_code == 1
    assert [problem["path"] for problem in json.loads(answer.stdout)["problems"]] == [path]
    answer = run("validate", *arguments)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("error: ")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["show", "explain", "validate", "diff"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["sft.yaml", "--override", "lr"],
        ["sft.yaml", "--override", "=1"],
        ["sft.yaml", "--override", "lr=[1"],
        ["sft.yaml", "--override", "lr=1", "--override", "lr=2"],
        ["sft.yaml", "--technique", "CPT"],
        ["sft.yaml", "--training-type", "lora"],
        ["sft.yaml", "--sequence-lenght", "4K"],
    ],
)
def test_misuse_is_told_and_exits_with_2(command: str, arguments: list[str]) -> None:
    answer = run(command, *arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ")


def test_with_several_models_in_the_lock_one_must_be_named(project: Path) -> None:
    hub, s3 = small_hub()
    write_lock(lock_document({**hub, "other": hub[MODEL]}, s3), project / "recipes.lock.json")
    answer = run("validate")
    assert answer.exit_code == 2
    assert "other, tiny-model" in answer.stderr
    assert run("validate", "--model", MODEL).exit_code == 0


def test_with_several_techniques_one_must_be_named(project: Path) -> None:
    hub, s3 = small_hub()
    recipes = hub[MODEL]["RecipeCollection"]
    recipes.append({**recipes[0], "Name": "tiny-dpo", "CustomizationTechnique": "DPO"})
    write_lock(lock_document(hub, s3), project / "recipes.lock.json")
    answer = run("validate")
    assert answer.exit_code == 2
    assert "SFT, DPO" in answer.stderr
    assert run("validate", "--technique", "DPO").exit_code == 0


def test_the_lock_is_the_apps(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert run("validate").exit_code == 0
    (project / "recipes.lock.json").rename(project / "deep" / "other.json")
    assert run("validate").exit_code == 1
    assert run("validate", "--lock", "other.json").exit_code == 0
    context = {"context": {"constructs-trainers:recipeLock": "deep/other.json"}}
    (project / "cdk.json").write_text(json.dumps(context))
    monkeypatch.chdir(project)
    assert run("validate").exit_code == 0


@pytest.mark.usefixtures("project")
def test_files_are_compared_by_value_not_by_line() -> None:
    Path("other.yaml").write_text(
        "# moved about\ntraining_config:\n  optim: {lr: 0.00001}\n  max_len: 8192\n"
    )
    answer = run("diff", "sft.yaml", "other.yaml")
    assert (answer.exit_code, answer.stdout) == (0, "")
    Path("other.yaml").write_text("training_config:\n  optim: {lr: 2e-5}\n  epochs: null\n")
    answer = run("diff", "sft.yaml", "other.yaml")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "training_config.max_len   8192      ->  (absent)",
        "training_config.optim.lr  1e-05     ->  2e-05",
        "training_config.epochs    (absent)  ->  null",
    ]
    assert json_of("diff", "sft.yaml", "other.yaml") == [
        {"path": "training_config.max_len", "left": 8192},
        {"path": "training_config.optim.lr", "left": 1e-5, "right": 2e-5},
        {"path": "training_config.epochs", "right": None},
    ]


@pytest.mark.usefixtures("project")
def test_one_file_is_compared_with_the_hubs_defaults() -> None:
    assert json_of("diff", "sft.yaml") == [
        {"path": "training_config.max_len", "left": 4096, "right": 8192},
        {"path": "training_config.optim.lr", "left": 0.0001, "right": 1e-5},
    ]
    assert run("diff", "sft.yaml").exit_code == 1
    Path("same.yaml").write_text("training_config: {max_len: 4096}\n")
    assert run("diff", "same.yaml").exit_code == 0
    assert json_of("diff", "same.yaml", "--override", "max_epochs=1") == [
        {"path": "training_config.epochs", "left": 5, "right": 1}
    ]


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)  # noqa: S607


def test_revisions_of_one_file_are_compared(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q")
    (project / "recipes").mkdir()
    file = project / "recipes" / "sft.yaml"
    for number in (1, 2):
        file.write_text(f"training_config: {{epochs: {number}}}\n")
        git("add", "recipes")
        git("commit", "-q", "-m", str(number))
    changed = [{"path": "training_config.epochs", "left": 1, "right": 2}]
    assert json_of("diff", "--revisions", "HEAD~1", "HEAD", "recipes/sft.yaml") == changed
    assert json_of("diff", "--revisions", "HEAD~1", "HEAD", str(file)) == changed
    assert json_of("diff", "HEAD~1:recipes/sft.yaml", "HEAD:recipes/sft.yaml") == changed
    assert json_of("diff", "HEAD~1:recipes/sft.yaml", "recipes/sft.yaml") == changed
    assert run("diff", "--revisions", "HEAD", "HEAD", "recipes/sft.yaml").exit_code == 0
    monkeypatch.chdir(project / "recipes")
    assert json_of("diff", "--revisions", "HEAD~1", "HEAD", "sft.yaml") == changed
    for arguments in (
        ["--revisions", "HEAD~9", "HEAD", "sft.yaml"],
        ["--revisions", "HEAD", "HEAD", "nowhere.yaml"],
        ["--revisions", "--output=x", "HEAD", "sft.yaml"],
        ["--revisions", "HEAD", "HEAD"],
        ["HEAD:nowhere.yaml", "sft.yaml"],
        [":", "sft.yaml"],
    ):
        answer = run("diff", *arguments)
        assert (answer.exit_code, answer.stdout) == (2, "")
    assert not (project / "recipes" / "x").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sft.yaml", "sft.yaml", "sft.yaml"],
        ["sft.yaml", "nowhere.yaml"],
        ["sft.yaml", "sft.yaml", "--override", "lr=1"],
        ["wrong.yaml"],
        ["HEAD:sft.yaml", "sft.yaml"],
    ],
)
def test_what_cannot_be_compared_does_not_count_as_different(arguments: list[str]) -> None:
    answer = run("diff", *arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ")


@pytest.mark.parametrize(
    "arguments", [["validate", "sft.yaml"], ["show"], ["explain"], ["diff", "sft.yaml"]]
)
def test_no_command_loads_the_cdk_boto3_or_omegaconf(project: Path, arguments: list[str]) -> None:
    script = f"""
import sys
from constructs_trainers.cli.main import main
try:
    main({["recipe", *arguments]!r})
except SystemExit as end:
    assert end.code in (0, 1), end.code
heavy = ("aws_cdk", "constructs", "jsii", "boto3", "botocore", "omegaconf", "ministack", "asyncio")
print("loaded:", [name for name in heavy if name in sys.modules])
"""
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "loaded: []"
