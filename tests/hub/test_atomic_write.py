from __future__ import annotations

from pathlib import Path

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.atomic_write import write_atomically


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
