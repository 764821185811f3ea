"""The example app's template: a snapshot, and the same bytes wherever it is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from constructs_trainers import testing
from tests.trainers.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


def synthesize(folder: Path, output: Path, hash_seed: str) -> bytes:
    """The example's template, synthesized by ``python app.py`` from some folder."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": str(ROOT),
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps(context),
    }
    subprocess.run([sys.executable, str(ROOT / "app.py")], cwd=folder, env=environment, check=True)
    return (output / "Example.template.json").read_bytes()


@pytest.fixture(scope="module")
def template_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return synthesize(ROOT, tmp_path_factory.mktemp("out"), hash_seed="1")


@pytest.fixture(scope="module")
def template(template_bytes: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(template_bytes)
    return content


def test_the_template_is_the_one_that_was_reviewed(
    template: dict[str, Any], snapshot: SnapshotAssertion
) -> None:
    assert testing.normalised(template) == snapshot(extension_class=JSONSnapshotExtension)


def test_another_folder_and_hash_seed_give_the_same_bytes(
    template_bytes: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    assert synthesize(folder, tmp_path / "out", hash_seed="2") == template_bytes


def test_the_definition_reads_as_an_object(template: dict[str, Any]) -> None:
    assert testing.request(template, "Sft")["HyperParameters"]["learning_rate"] == "2e-05"
    assert "DefinitionString" not in json.dumps(template)
