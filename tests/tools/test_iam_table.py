from __future__ import annotations

import pytest

from tools import iam_table


def test_the_document_shows_the_table_of_the_code() -> None:
    part = iam_table.PART
    is_written = part.document.read_text(encoding="utf-8") == part.written()
    assert is_written, f"docs/iam.md is stale; write it anew with: {part.command}"


def test_a_stale_document_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["iam_table.py", "--check"])
    assert iam_table.PART.main() == 0
    monkeypatch.setattr(iam_table, "NEEDS_NOTHING", ("another",))
    assert iam_table.PART.main() == 1
    assert "docs/iam.md is stale; write it anew with: python tools" in capsys.readouterr().err
