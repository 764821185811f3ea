"""The examples of the README and of docs/ run as they are printed, and links lead somewhere.

A block that is fenced as ``py`` is not ours: it shows another library.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.company_trainer import CompanySft
from tests.support.trainers_in import differences
from tests.trainers.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
EXAMPLES = {
    f"{page}-{number}": example
    for page, text in PAGES.items()
    for number, example in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
}


# Of these the roles hold what only the deployment knows; the tests of permissions tell them it.
_KNOWN_AT_DEPLOYMENT = ("model=sft", "custom_reward_function=score")


def test_the_readme_has_examples() -> None:
    assert len([name for name in EXAMPLES if name.startswith("README.md")]) >= 4


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    run: Callable[..., None] = exec
    names: dict[str, Any] = {"__name__": "example"}
    run(compile(EXAMPLES[name], name, "exec"), names)
    if "stack" in names and not any(text in EXAMPLES[name] for text in _KNOWN_AT_DEPLOYMENT):
        assert differences(names["stack"]) == []


def test_the_trainer_of_a_company_is_the_one_whose_types_are_checked() -> None:
    assert inspect.getsource(CompanySft) in PAGES["README.md"]


def test_an_example_that_is_an_app_is_one_to_the_end() -> None:
    apps = [example for example in EXAMPLES.values() if "assertions" not in example]
    assert apps
    assert all(example.rstrip().endswith("app.synth()") for example in apps)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings(page: str) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that headings get."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
