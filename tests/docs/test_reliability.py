"""docs/reliability.md against the tests that it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.trainers.conftest import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
LOCAL = ROOT / "tests" / "local"
# Every test there is of a fault; of pipelines these are, and those that the page names.
FAULTS = [*(LOCAL / "faults").glob("test_*.py"), LOCAL / "pipelines" / "test_ends.py"]
PIPELINES = [*(LOCAL / "pipelines").glob("test_*.py")]


def named_tests() -> list[str]:
    return [test for row in table() for test in re.findall(r"`(test_[^`]+)`", row)]


def table() -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith("|")][2:]


def existing_tests(files: list[Path]) -> dict[str, set[str]]:
    """The tests with the ids of their parameters, where these are spelt out."""
    found = {}
    for file in files:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                keywords = [
                    keyword
                    for decorator in node.decorator_list
                    for keyword in getattr(decorator, "keywords", [])
                ]
                ids = [ast.literal_eval(k.value) for k in keywords if k.arg == "ids"]
                found[node.name] = {name for names in ids for name in names}
    return found


def test_each_named_test_exists() -> None:
    existing = existing_tests([*FAULTS, *PIPELINES])
    for named in named_tests():
        name, _, parameter = named.rstrip("]").partition("[")
        assert name in existing
        assert not parameter or parameter in existing[name]


def test_each_fault_test_is_in_the_table() -> None:
    expected = {
        f"{name}[{parameter}]" if parameter else name
        for name, parameters in existing_tests(FAULTS).items()
        for parameter in parameters or {""}
    }
    named = named_tests()
    assert expected <= set(named)
    assert len(named) == len(set(named))


def test_each_row_names_its_test_or_is_untested() -> None:
    for row in table():
        assert ("`test_" in row) != ("untested" in row), row


def test_the_readme_leads_to_the_page() -> None:
    assert "(docs/reliability.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
