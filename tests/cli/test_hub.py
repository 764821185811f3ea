"""``constructs-trainers hub`` against the embedded engine, as a user or a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.selection import select_recipe
from tests.support.served_hub import hub_answers, object_text
from tests.support.small_hub import MODEL, small_hub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]
REAL_RECIPES = PROJECT.parent / "shared" / "recipes"
RUN = "import sys; from constructs_trainers.cli.main import main; main(sys.argv[1:])"
REGION = "us-west-2"
APP = """
import aws_cdk as cdk
from constructs_trainers import SFTTrainer

stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region="us-west-2"))
trainer = SFTTrainer(
    stack,
    "Sft",
    model="{model}",
    training_dataset="s3://amzn-s3-demo-bucket/train.jsonl",
    hyperparameters={{"learning_rate": 2e-5}},
    accept_eula=True,
)
print(trainer.training_job_request["ServerlessJobConfig"]["BaseModelArn"])
print(trainer.training_job_request["HyperParameters"]["learning_rate"])
"""
PULL = ("pull", "--model", MODEL, "--region", REGION)


class ServedHub:
    """The hub that the engine serves, and the command line that asks it."""

    def __init__(self, engine: Engine, file: Path) -> None:
        import boto3

        from constructs_trainers.local.environment import isolated_environment

        self._file = file
        self._environment = isolated_environment(
            engine.endpoint, engine.workdir, account="123456789012", region=REGION, base=os.environ
        ) | {"PYTHONPATH": str(PROJECT)}
        self._s3 = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=engine.endpoint,
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",  # noqa: S106 - the engine takes any
        )

    def serve(self, documents: Mapping[str, Any], s3: Mapping[str, Any], **members: str) -> None:
        """From now on, the hub holds these documents."""
        for uri, content in s3.items():
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            with suppress(self._s3.exceptions.BucketAlreadyOwnedByYou):
                self._s3.create_bucket(
                    Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
                )
            self._s3.put_object(Bucket=bucket, Key=key, Body=object_text(content).encode())
        self._file.write_text(json.dumps(hub_answers(documents, **members)), encoding="utf-8")

    def synthesize(self, model: str, project: Path) -> list[str]:
        """What an app prints that finds its lock beside cdk.json: no endpoint, no credentials."""
        app = project / "app.py"
        app.write_text(APP.format(model=model))
        synthesis = subprocess.run(
            [sys.executable, str(app)],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert synthesis.returncode == 0, synthesis.stderr
        return synthesis.stdout.splitlines()

    def remove_object(self, uri: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._s3.delete_object(Bucket=bucket, Key=key)

    def __call__(
        self, *arguments: str, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``constructs-trainers hub``."""
        return subprocess.run(
            [sys.executable, "-c", RUN, "hub", *arguments],
            cwd=cwd,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def engine_with_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    from constructs_trainers.local.engine import Engine

    file = tmp_path_factory.mktemp("hub") / "hub.json"
    file.write_text("{}")
    with Engine(file) as engine:
        engine.wait_until_ready()
        yield ServedHub(engine, file)


@pytest.fixture
def hub(engine_with_hub: ServedHub) -> ServedHub:
    engine_with_hub.serve(*small_hub())
    return engine_with_hub


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "deep").mkdir()
    return tmp_path


def test_a_pull_writes_a_lock_that_an_app_synthesizes_from(hub: ServedHub, project: Path) -> None:
    answer = hub(*PULL, cwd=project)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        f"us-west-2 {MODEL} 1.0.0: 3 recipes (SFT)",
        "recipes.lock.json: written",
    ]
    assert answer.stderr.splitlines() == [
        f"us-west-2 {MODEL} [1/3] SFT tiny-lora",
        f"us-west-2 {MODEL} [2/3] SFT tiny-lora-8k",
        f"us-west-2 {MODEL} [3/3] SFT tiny-full",
    ]
    model = RecipeLock.read(project / "recipes.lock.json").model(MODEL, REGION)
    chosen = select_recipe(model, technique="SFT", training_type="FULL", sequence_length=None)
    assert chosen.recipe.name == "tiny-full"
    assert model.last_modified_time == "2026-01-01T00:00:00Z"
    assert hub.synthesize(MODEL, project) == [model.hub_content_arn, "2e-05"]


def test_a_second_pull_leaves_the_file_as_it_is(hub: ServedHub, project: Path) -> None:
    hub(*PULL, cwd=project)
    lock = project / "recipes.lock.json"
    before = (lock.read_bytes(), lock.stat().st_mtime_ns)
    answer = hub(*PULL, cwd=project / "deep")
    assert answer.stdout.endswith("recipes.lock.json: unchanged\n")
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before


def test_a_script_gets_one_object(hub: ServedHub, project: Path) -> None:
    answer = hub(*PULL, "--json", "--lock", "my.json", cwd=project)
    assert json.loads(answer.stdout) == {
        "lock": "my.json",
        "changed": True,
        "models": [
            {
                "region": REGION,
                "model": MODEL,
                "hub": "SageMakerPublicHub",
                "version": "1.0.0",
                "techniques": ["SFT"],
                "recipes": ["tiny-lora", "tiny-lora-8k", "tiny-full"],
            }
        ],
    }


def test_a_check_tells_agreement_from_a_hub_that_has_moved(hub: ServedHub, project: Path) -> None:
    hub(*PULL, cwd=project)
    lock = (project / "recipes.lock.json").read_bytes()
    agreed = hub("check", cwd=project)
    assert (agreed.returncode, agreed.stdout) == (0, "recipes.lock.json: agrees with the hub\n")

    documents, objects = small_hub(gated=True)
    documents[MODEL]["RecipeCollection"].pop()
    hub.serve(documents, objects)
    moved = hub("check", cwd=project)
    assert moved.returncode == 1
    assert moved.stdout.splitlines() == [
        f"us-west-2 {MODEL}: the hub has moved",
        "  GatedBucket: False -> True",
        "  recipe tiny-full: removed",
        "recipes.lock.json: differs from the hub in us-west-2",
    ]
    result = json.loads(hub("check", "--json", cwd=project).stdout)
    assert result["agrees"] is False
    assert result["differences"][0] == {
        "region": REGION,
        "model": MODEL,
        "recipe": None,
        "path": "GatedBucket",
        "change": "changed",
        "locked": False,
        "hub": True,
    }
    assert (project / "recipes.lock.json").read_bytes() == lock

    hub(*PULL, cwd=project)
    assert hub("check", cwd=project).returncode == 0


def test_a_list_names_the_models_for_a_technique(hub: ServedHub, project: Path) -> None:
    documents, objects = small_hub()
    hub.serve({**documents, "b-model": documents[MODEL], "other": {}}, objects)
    listed = hub("list", "--technique", "sft", "--region", REGION, cwd=project)
    assert (listed.returncode, listed.stdout) == (0, f"b-model\n{MODEL}\n")
    as_json = hub("list", "--technique", "DPO", "--region", REGION, "--json", cwd=project)
    assert json.loads(as_json.stdout)["models"] == []


def test_a_private_hub_is_found_in_the_environment(hub: ServedHub, project: Path) -> None:
    hub.serve(*small_hub(), hub="Mine")
    answer = hub(*PULL, "--json", cwd=project, SAGEMAKER_HUB_NAME="Mine")
    assert json.loads(answer.stdout)["models"][0]["hub"] == "Mine"
    assert hub("check", cwd=project).returncode == 0


def test_what_fails_is_told_and_leaves_the_old_lock(hub: ServedHub, project: Path) -> None:
    hub(*PULL, cwd=project)
    before = (project / "recipes.lock.json").read_bytes()

    def fails(*arguments: str, **environment: str) -> str:
        answer = hub(*arguments, cwd=project, AWS_MAX_ATTEMPTS="1", **environment)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert "Traceback" not in answer.stderr
        assert [path.name for path in sorted(project.iterdir())] == [
            "cdk.json",
            "deep",
            "recipes.lock.json",
        ]
        assert (project / "recipes.lock.json").read_bytes() == before
        return answer.stderr

    unknown = fails(*PULL, "--model", "no-such", "--model", "no-other")
    assert "no-such: no hub that was asked has this model" in unknown
    assert "no-other: no hub that was asked has this model" in unknown
    assert "no DPO recipe" in fails(*PULL, "--technique", "DPO")
    assert "no usable AWS credentials" in fails(
        *PULL, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""
    )
    assert "AWS cannot be reached" in fails(*PULL, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    documents, objects = small_hub()
    hub.serve({MODEL: {"RecipeCollection": []}}, {})
    assert "no fine-tuning recipe" in fails(*PULL)
    hub.serve({MODEL: "<html>"}, {})
    assert "not valid JSON" in fails(*PULL)
    hub.serve(documents, {**objects, "s3://hub/recipe.yaml": "lr: .nan"})
    assert "cannot carry this number" in fails(*PULL)
    hub.remove_object("s3://hub/recipe.yaml")
    assert "object that does not exist" in fails(*PULL)


def test_a_script_can_tell_a_failure_from_a_finding(hub: ServedHub, project: Path) -> None:
    answer = hub("check", "--json", cwd=project)
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["error"] == "LockError"
    assert "hub pull" in answer.stderr


@pytest.mark.skipif(not REAL_RECIPES.is_dir(), reason="the recipes of the real hub are not here")
def test_real_recipes_are_pulled_and_checked(hub: ServedHub, project: Path) -> None:
    files = [json.loads(file.read_text()) for file in sorted(REAL_RECIPES.glob("*.json"))]
    documents = {model: doc for file in files for model, doc in file["hub"].items()}
    hub.serve(documents, {uri: text for file in files for uri, text in file["s3"].items()})
    models = [argument for model in documents for argument in ("--model", model)]
    answer = hub("pull", *models, "--region", REGION, cwd=project)
    assert answer.returncode == 0, answer.stderr
    lock = RecipeLock.read(project / "recipes.lock.json")
    for model, document in documents.items():
        pulled = [recipe.name for recipe in lock.model(model, REGION).recipes]
        assert pulled == [recipe["Name"] for recipe in document["RecipeCollection"]]
    assert hub("check", cwd=project).returncode == 0
    llama = "meta-textgeneration-llama-3-2-1b-instruct"
    assert hub.synthesize(llama, project)[1] == "2e-05"

    template = next(uri for uri in files[0]["s3"] if uri.endswith("/recipe.yaml"))
    hub.serve(documents, {template: files[0]["s3"][template] + "\nnew_in_the_hub: 1\n"})
    moved = hub("check", cwd=project)
    assert moved.returncode == 1
    assert "RecipeTemplate.new_in_the_hub: added (1)" in moved.stdout
