"""docs/parity.md against the recorded signatures of the SDK, the code, and the tests it names."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import click
import pytest

import constructs_trainers
from constructs_trainers.cli.main import main
from constructs_trainers.trainers.props.trainer_props import TrainerProps
from tests.trainers.conftest import ROOT

PAGE = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
SDK: dict[str, Any] = json.loads(
    (ROOT / "tests" / "parity" / "sdk_signatures.json").read_text(encoding="utf-8")
)
TRAINERS = ("SFTTrainer", "DPOTrainer", "RLVRTrainer", "RLAIFTrainer")
OUT_OF_SCOPE = "not in scope"


def section(heading: str) -> str:
    """The text below a heading, up to the next one."""
    _, found, rest = PAGE.partition(f"\n{heading}\n")
    assert found, f"docs/parity.md has no heading '{heading}'"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell: str) -> list[str]:
    """The names in a cell; ``.member`` belongs to the class before it."""
    found: list[str] = []
    for name in re.findall(r"`([^`]+)`", cell):
        owner = found[-1].partition(".")[0] if name.startswith(".") else ""
        found.append(owner + name)
    return found


def column(heading: str, index: int) -> list[str]:
    """The names in a column of the table below a heading."""
    return [name for row in rows(heading) for name in names(row[index])]


def parameters_of(trainer: str) -> list[str]:
    """The props that a trainer has beside those of all trainers."""
    kind = getattr(constructs_trainers, trainer)
    return [
        name
        for name, parameter in inspect.signature(kind.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/."""
    path = ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_page_names_the_version_that_was_recorded() -> None:
    assert f"`{SDK['package']}` {SDK['version']}" in PAGE


@pytest.mark.parametrize("trainer", ["BaseTrainer", *TRAINERS])
def test_every_parameter_of_the_sdk_is_in_the_table_of_its_trainer(trainer: str) -> None:
    shown = {*column("### BaseTrainer", 0)}
    if trainer != "BaseTrainer":
        shown |= {*column(f"### {trainer}", 0)}
    missing = [name for name in SDK["constructors"][trainer] if name not in shown]
    assert missing == [], f"docs/parity.md: add these parameters of the SDK's {trainer}"


def test_every_parameter_in_a_table_is_one_of_the_sdk() -> None:
    everywhere = {name for parameters in SDK["constructors"].values() for name in parameters}
    stale = [name for name in column("### BaseTrainer", 0) if name not in everywhere]
    for trainer in TRAINERS:
        recorded = SDK["constructors"][trainer]
        stale += [name for name in column(f"### {trainer}", 0) if name not in recorded]
    assert stale == [], "docs/parity.md: the SDK has no such parameters; write '-'"


def test_every_prop_is_in_the_table_of_all_trainers() -> None:
    shown, props = column("### BaseTrainer", 1), [field.name for field in fields(TrainerProps)]
    assert sorted(set(props) - set(shown)) == [], "docs/parity.md: add these props of ours"
    assert sorted(set(shown) - set(props)) == [], "docs/parity.md: we have no such props"


@pytest.mark.parametrize("trainer", TRAINERS)
def test_every_prop_of_one_trainer_is_in_its_table(trainer: str) -> None:
    shown, props = column(f"### {trainer}", 1), parameters_of(trainer)
    assert sorted(set(props) - set(shown)) == [], f"docs/parity.md: add these props of {trainer}"
    assert sorted(set(shown) - set(props)) == [], f"docs/parity.md: {trainer} has no such props"


@pytest.mark.parametrize("trainer", ["BaseTrainer", *TRAINERS])
def test_a_parameter_of_the_same_name_stands_for_itself(trainer: str) -> None:
    for row in rows(f"### {trainer}"):
        sdk, here = names(row[0]), names(row[1])
        assert sdk == here or not sdk or row[1] == "none", f"docs/parity.md: {row[:2]}"


def test_every_member_of_the_sdks_groups_is_in_the_table() -> None:
    recorded = [f"{group}.{name}" for group, members in SDK["groups"].items() for name in members]
    shown = column("### Groups", 0)
    assert sorted(set(recorded) - set(shown)) == [], "docs/parity.md: add these members of the SDK"
    assert sorted(set(shown) - set(recorded)) == [], "docs/parity.md: the SDK has no such members"


def test_every_member_of_our_groups_is_in_the_table() -> None:
    results = {"Expression", "LatestTrainingJob", "Problem", "ResolvedRecipe", "TrainingFailure"}
    kinds = {name: getattr(constructs_trainers, name) for name in constructs_trainers.__all__}
    ours = [
        f"{name}.{field.name}"
        for name, kind in kinds.items()
        if is_dataclass(kind) and name not in results
        for field in fields(kind)
    ]
    shown = column("### Groups", 1)
    assert sorted(set(ours) - set(shown)) == [], "docs/parity.md: add these members of ours"
    assert sorted(set(shown) - set(ours)) == [], "docs/parity.md: we have no such members"


def test_every_method_of_the_sdk_is_in_the_table_with_its_parameters() -> None:
    methods = [*SDK["methods"].values(), SDK["job_methods"], SDK["functions"]]
    recorded = {*SDK["attributes"]}
    for name, parameters in (item for group in methods for item in group.items()):
        recorded |= {f"{name}()", *(f"{name}({parameter})" for parameter in parameters)}
    shown = column("## Methods", 0)
    assert sorted(recorded - set(shown)) == [], "docs/parity.md: add these methods of the SDK"
    assert sorted(set(shown) - recorded) == [], "docs/parity.md: the SDK has no such methods"


def test_what_takes_the_place_of_methods_exists() -> None:
    props = {field.name for field in fields(TrainerProps)}
    for name in column("## Methods", 1):
        if name.startswith("constructs-trainers "):
            command: click.Command | None = main
            for word in name.split()[1:]:
                assert isinstance(command, click.Group)
                command = command.commands.get(word)
            assert command is not None, f"docs/parity.md: there is no command '{name}'"
        else:
            exists = name in props or hasattr(constructs_trainers.BaseTrainer, name)
            assert exists, f"docs/parity.md: trainers have no '{name}'"


def test_what_is_not_there_yet_is_said_of_what_is_not_there() -> None:
    """When one of these is built, the page must say so."""
    for name in ("train", "latest_training_job"):
        absent = not hasattr(constructs_trainers.BaseTrainer, name)
        (row,) = (row for row in rows("## Methods") if names(row[0])[0] in {name, f"{name}()"})
        assert ("not yet" in row[2].lower()) == absent, f"docs/parity.md: {row}"


def test_every_defect_is_there_once() -> None:
    numbers = Counter(int(row[0]) for row in rows("## Defects of the SDK"))
    assert numbers == Counter(range(1, 41))


@pytest.mark.parametrize("row", rows("## Defects of the SDK"), ids=lambda row: str(row[0]))
def test_a_defect_names_tests_that_exist(row: list[str]) -> None:
    _, sdk, here, tests = row
    assert sdk
    assert here
    named = names(tests)
    assert bool(named) != (here == OUT_OF_SCOPE), f"name a test, or say '{OUT_OF_SCOPE}'"
    for name in named:
        file, _, test = name.partition("::")
        assert test in defined_in(file), f"docs/parity.md: there is no test tests/{name}"


def test_what_the_sdk_has_and_we_have_not_is_really_not_here() -> None:
    ours = [
        name for name in column("## What is not here", 0) if name in constructs_trainers.__all__
    ]
    assert ours == [], "docs/parity.md: these are here"


def test_moving_from_a_notebook_only_deletes_arguments() -> None:
    text = section("## Moving from a notebook")
    before, after = (
        {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        for block in re.findall(r"```py\w*\n(.*?)```", text, re.DOTALL)
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "SFTTrainer"
    )
    assert set(before) - set(after) == {"role", "sagemaker_session"}
    assert {name: before[name] for name in after} == after
