from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_trainers.errors import HubError, LockError
from constructs_trainers.hub.lock_file import LockFile, ModelContent, write_atomically
from constructs_trainers.hub.pull import pull_model
from constructs_trainers.recipes.lock import RecipeLock
from tests.support.fake_aws import FakeAws
from tests.support.small_hub import MODEL

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def content() -> ModelContent:
    return pull_model(
        FakeAws.small().lookups(),
        MODEL,
        hub=None,
        techniques=None,
        held=None,
        progress=lambda _line: None,
    )


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "recipes.lock.json"


def test_what_is_written_is_what_synthesis_reads(content: ModelContent, lock: Path) -> None:
    lock.write_text(LockFile.read(lock, new=True).with_models([content]))
    model = RecipeLock.read(lock).model(MODEL, "us-west-2")
    assert [recipe.name for recipe in model.recipes] == ["tiny-lora", "tiny-lora-8k", "tiny-full"]
    assert model.recipes[0].spec["learning_rate"].maximum == 0.001


def test_the_same_content_gives_the_same_bytes(content: ModelContent, lock: Path) -> None:
    text = LockFile.read(lock, new=True).with_models([content])
    lock.write_text(text)
    assert LockFile.read(lock).with_models([content]) == text
    assert LockFile.read(lock).with_models([]) == text


def test_keys_that_the_hub_gives_in_another_order_change_nothing(
    content: ModelContent, lock: Path
) -> None:
    text = LockFile.read(lock, new=True).with_models([content])
    lock.write_text(text)
    turned = {k: dict(reversed(spec.items())) for k, spec in content.specs.items()}
    assert LockFile.read(lock).with_models([replace(content, specs=turned)]) == text


def test_regions_models_and_contents_are_sorted(content: ModelContent, lock: Path) -> None:
    arn = content.entry["HubContentArn"].replace("us-west-2", "us-east-1")
    east = replace(content, region="us-east-1", entry={**content.entry, "HubContentArn": arn})
    others = [replace(east, model="z"), replace(east, model="a")]
    document = json.loads(LockFile.read(lock, new=True).with_models([content, *others]))
    assert list(document) == ["LockVersion", "Regions", "RecipeTemplates", "OverrideSpecs"]
    assert list(document["Regions"]) == ["us-east-1", "us-west-2"]
    assert list(document["Regions"]["us-east-1"]["Models"]) == ["a", "z"]


def test_what_nothing_refers_to_any_more_is_dropped(content: ModelContent, lock: Path) -> None:
    lock.write_text(LockFile.read(lock, new=True).with_models([content]))
    empty = replace(content, entry={**content.entry, "RecipeCollection": []})
    document = json.loads(LockFile.read(lock).with_models([empty]))
    assert document["RecipeTemplates"] == document["OverrideSpecs"] == {}


def test_the_projects_own_lock_is_written_in_this_form() -> None:
    file = PROJECT / "recipes.lock.json"
    assert LockFile.read(file).with_models([]) == file.read_text(encoding="utf-8")


def test_a_damaged_lock_is_not_written_over(lock: Path) -> None:
    lock.write_text("{")
    with pytest.raises(LockError, match="delete it and write it again"):
        LockFile.read(lock, new=True)


def test_a_lock_must_be_there_to_be_checked(lock: Path) -> None:
    with pytest.raises(LockError, match="not found"):
        LockFile.read(lock)


def test_a_file_is_made_or_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "lock.json"
    write_atomically(file, "old")
    file.chmod(0o640)
    write_atomically(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_write_that_fails_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "lock.json"
    file.write_text("old")
    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(HubError, match="cannot be written: No space left"):
        write_atomically(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="No such file or directory"):
        write_atomically(tmp_path / "no" / "lock.json", "new")
