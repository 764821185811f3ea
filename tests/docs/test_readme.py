"""The README's examples run as they are printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.trainers_in import differences
from tests.trainers.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_readme_has_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    run: Callable[..., None] = exec
    names: dict[str, Any] = {"__name__": "readme"}
    run(compile(example, "README.md", "exec"), names)
    assert differences(names["stack"]) == []


def test_an_example_that_is_an_app_is_one_to_the_end() -> None:
    apps = [example for example in EXAMPLES if "assertions" not in example]
    assert apps
    assert all(example.rstrip().endswith("app.synth()") for example in apps)


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
