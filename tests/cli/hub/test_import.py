"""``constructs-trainers hub import``, as a user or a script meets it: no AWS, no network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.selection import Wanted, select_recipe
from tests.support.small_checkout import FULL, LORA, MODEL, small_checkout, write_checkout

PROJECT = Path(__file__).parents[3]
RUN = "import sys; from constructs_trainers.cli.main import main; main(sys.argv[1:])"
SAID = ("--region", "us-west-2", "--hub-content-version", "1.2.3", "--not-gated")
IMPORT = ("checkout", "--model", MODEL, *SAID)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    write_checkout(tmp_path / "checkout", small_checkout())
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, "hub", "import", *arguments],
        cwd=project,
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_import_writes_a_lock_that_recipes_are_chosen_from(project: Path) -> None:
    answer = run(project, *IMPORT)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        f"us-west-2 {MODEL} 1.2.3: 2 recipes (SFT, DPO)",
        "recipes.lock.json: written",
    ]
    assert answer.stderr.splitlines() == [
        f"us-west-2 {MODEL} [1/2] SFT {LORA}",
        f"us-west-2 {MODEL} [2/2] DPO {FULL}",
    ]
    model = RecipeLock.read(project / "recipes.lock.json").model(MODEL, "us-west-2")
    assert model.gated is False
    chosen = select_recipe(
        model, Wanted(technique="SFT", training_type="LORA", sequence_length=None)
    )
    assert chosen.recipe.spec["learning_rate"].default == 1e-5


def test_a_second_import_leaves_the_file_as_it_is(project: Path) -> None:
    run(project, *IMPORT)
    lock = project / "recipes.lock.json"
    before = (lock.read_bytes(), lock.stat().st_mtime_ns)
    assert run(project, *IMPORT).stdout.endswith("recipes.lock.json: unchanged\n")
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before


@pytest.mark.parametrize("below", [".", "checkout"])
def test_the_lock_of_the_apps_context_is_the_one_that_is_written_and_read(
    project: Path, below: str
) -> None:
    context = {"context": {"constructs-trainers:recipeLock": "locks/my.lock.json"}}
    (project / "cdk.json").write_text(json.dumps(context))
    (project / "locks").mkdir()
    checkout = str(project / "checkout")
    answer = run(project / below, checkout, "--model", MODEL, *SAID)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith("locks/my.lock.json: written\n")
    lock = RecipeLock.read(project / "locks" / "my.lock.json")
    assert lock.model(MODEL, "us-west-2").name == MODEL
    assert not (project / "recipes.lock.json").exists()
    shown = subprocess.run(
        [sys.executable, "-c", RUN, "recipe", "show", "--technique", "SFT"],
        cwd=project / below,
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr


def test_a_script_gets_one_object(project: Path) -> None:
    answer = run(project, *IMPORT, "--technique", "sft", "--lock", "my.json", "--json")
    assert json.loads(answer.stdout) == {
        "lock": "my.json",
        "changed": True,
        "models": [
            {
                "region": "us-west-2",
                "model": MODEL,
                "hub": "SageMakerPublicHub",
                "version": "1.2.3",
                "techniques": ["SFT"],
                "recipes": [LORA],
            }
        ],
    }


def test_what_fails_is_told_and_leaves_the_old_lock(project: Path) -> None:
    run(project, *IMPORT)
    lock = project / "recipes.lock.json"
    before = lock.read_bytes()
    for arguments, message in (
        (("checkout", "--model", "tiny-modl", *SAID), "did you mean 'tiny-model'?"),
        ((*IMPORT, "--technique", "RLVR"), "no RLVR recipe"),
        ((*IMPORT, "--region", "eu-west-9"), "in eu-west-9"),
        ((".", "--model", MODEL, *SAID), "not a checkout"),
    ):
        answer = run(project, *arguments)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert answer.stderr.splitlines()[-1].startswith("    ")
        assert message in answer.stderr
        assert "Traceback" not in answer.stderr
        assert lock.read_bytes() == before
    failed = run(project, ".", "--model", MODEL, *SAID, "--json")
    assert json.loads(failed.stdout)["error"] == "HubError"


def test_a_damaged_lock_is_not_written_over(project: Path) -> None:
    lock = project / "recipes.lock.json"
    lock.write_text("{")
    assert run(project, *IMPORT).returncode == 1
    assert lock.read_text() == "{"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("nowhere", "--model", MODEL, *SAID), "nowhere"),
        (("cdk.json", "--model", MODEL, *SAID), "is a file"),
        (("checkout", *SAID), "--model"),
        (("checkout", "--model", MODEL, *SAID[:-1]), "--gated"),
        (("checkout", "--model", MODEL, *SAID[:2], "--gated"), "--hub-content-version"),
        ((*IMPORT, "--hub-content-version", "latest"), "such as 1.0.0"),
        ((*IMPORT, "--region", "West 2"), "such as us-west-2"),
        ((*IMPORT, "--technique", "SFTT"), "SFT"),
    ],
)
def test_misuse_is_told_by_the_exit_code(
    project: Path, arguments: tuple[str, ...], hint: str
) -> None:
    answer = run(project, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ")
    assert hint in answer.stderr
    assert not (project / "recipes.lock.json").exists()
