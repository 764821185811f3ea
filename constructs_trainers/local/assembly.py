"""What a synthesized app holds: its stacks, their environments and their state machines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import did_you_mean
from constructs_trainers.local.environment import MisuseError
from constructs_trainers.recipes.explain import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

RECIPE_METADATA: Final = "constructs-trainers:recipe"
"""The CloudFormation Metadata key under which a trainer's machine carries its recipe."""

_STACK_ARTIFACT: Final = "aws:cloudformation:stack"
_NESTED_ASSEMBLY: Final = "cdk:cloud-assembly"
_MACHINE_TYPE: Final = "AWS::StepFunctions::StateMachine"
_FACTS: Final = (
    ("Model", "Model"),
    ("Technique", "Technique"),
    ("Training type", "TrainingType"),
    ("Recipe", "RecipeName"),
    ("Hub content", "HubContentVersion"),
    ("Digest", "RecipeDigest"),
)
_COLUMNS: Final = ("path", "value", "hub's default", "origin")


class StackChoiceError(MisuseError):
    """It is not clear which stack or state machine is meant."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A state machine in a template.

    Attributes:
        stack: The stack that it is in.
        logical_id: Its logical id.
        name: Its StateMachineName, or None when CloudFormation gives it one.
        construct_path: Its construct's path, or None when the template does not say.
        recipe: Its trainer's recipe summary, or None when it is no trainer's machine.
        hyperparameters: What the trainer sends unless the execution overrides it.
    """

    stack: StackArtifact
    logical_id: str
    name: str | None = None
    construct_path: str | None = None
    recipe: Mapping[str, Any] | None = None
    hyperparameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How a message names it."""
        place = self.construct_path or self.name or self.stack.name
        return f"{self.logical_id} ({place})"

    @property
    def names(self) -> list[str]:
        """What it may be meant by: logical id, name, id and path of it or its trainer."""
        path = self.construct_path or ""
        owner = path.removesuffix("/StateMachine")
        ids = (owner.rpartition("/")[2], path.rpartition("/")[2])
        return [name for name in (*ids, self.logical_id, self.name, owner, path) if name]


@dataclass(frozen=True, kw_only=True)
class StackArtifact:
    """A stack of a synthesized app.

    Attributes:
        id: Its artifact id, which the cdk CLI takes when it is not in a stage.
        name: Its CloudFormation name.
        selector: What the cdk CLI selects it by: its path of construct ids.
        account: 12 digits, or None when the stack is agnostic of it.
        region: Such as ``us-west-2``, or None when the stack is agnostic of it.
        template: Its template.
        stack_dependencies: The artifact ids of the stacks to deploy before.
    """

    id: str
    name: str
    selector: str
    account: str | None
    region: str | None
    template: Mapping[str, Any]
    stack_dependencies: tuple[str, ...]

    def machines(self) -> list[Machine]:
        """The state machines in it, in the template's order."""
        machines: list[Machine] = []
        for logical_id, resource in self.template.get("Resources", {}).items():
            if resource.get("Type") != _MACHINE_TYPE:
                continue
            metadata, properties = resource.get("Metadata", {}), resource.get("Properties", {})
            name, path = properties.get("StateMachineName"), metadata.get("aws:cdk:path")
            machine = Machine(
                stack=self,
                logical_id=logical_id,
                name=name if isinstance(name, str) else None,
                construct_path=path.removesuffix("/Resource") if path else None,
                recipe=metadata.get(RECIPE_METADATA),
                hyperparameters=_hyperparameters(properties.get("Definition", {})),
            )
            machines.append(machine)
        return machines


def read_assembly(folder: Path) -> list[StackArtifact]:
    """The stacks of a cloud assembly, those of its stages included."""
    artifacts = _read_json(folder / "manifest.json").get("artifacts", {})
    stack_ids = {k for k, artifact in artifacts.items() if artifact["type"] == _STACK_ARTIFACT}
    stacks: list[StackArtifact] = []
    for artifact_id, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == _NESTED_ASSEMBLY:
            stacks += read_assembly(folder / properties["directoryName"])
        if artifact["type"] != _STACK_ARTIFACT:
            continue
        account, _, region = artifact["environment"].removeprefix("aws://").partition("/")
        stack = StackArtifact(
            id=artifact_id,
            name=properties.get("stackName", artifact_id),
            selector=artifact.get("displayName", artifact_id).split(" ")[0],
            account=None if account.startswith("unknown") else account,
            region=None if region.startswith("unknown") else region,
            template=_read_json(folder / properties["templateFile"]),
            stack_dependencies=tuple(stack_ids.intersection(artifact.get("dependencies", ()))),
        )
        stacks.append(stack)
    return stacks


def select_stacks(
    stacks: Sequence[StackArtifact], name: str | None
) -> tuple[list[StackArtifact], list[StackArtifact]]:
    """The stacks that a run is about, and all that are deployed for it, dependencies first.

    Args:
        stacks: The stacks of the app.
        name: A stack by CloudFormation name, artifact id or path; None for all.

    Returns:
        The chosen stacks, and the chosen stacks with those that they depend on.

    Raises:
        StackChoiceError: The app has no stacks, or none of that name.
    """
    if not stacks:
        raise StackChoiceError("app", "has no stacks")
    if name is None:
        return list(stacks), list(stacks)
    chosen = [stack for stack in stacks if name in {stack.name, stack.id, stack.selector}]
    if not chosen:
        names = [stack.name for stack in stacks]
        allowed, fix = ", ".join(names), did_you_mean(name, names)
        raise StackChoiceError("stack", "no such stack", got=name, allowed=allowed, fix=fix)
    needed = {stack.id for stack in chosen}
    # Dependencies are few and shallow: go round until nothing is added.
    while added := {d for s in stacks if s.id in needed for d in s.stack_dependencies} - needed:
        needed |= added
    return chosen, [stack for stack in stacks if stack.id in needed]


def select_machine(stacks: Iterable[StackArtifact], name: str | None) -> Machine:
    """The state machine to run.

    Args:
        stacks: Where to look.
        name: A machine by logical id, name or construct; None for the only trainer's.

    Raises:
        StackChoiceError: Nothing or more than one machine fits; lists the candidates.
    """
    machines = [machine for stack in stacks for machine in stack.machines()]
    if name is not None:
        fitting = [machine for machine in machines if name in machine.names]
    else:
        # An app of plain state machines may be run too: then they are there to choose from.
        fitting = [machine for machine in machines if machine.recipe is not None] or machines
    if len(fitting) == 1:
        return fitting[0]
    if not machines:
        raise StackChoiceError("state machine", "the deployed stacks have none")
    labels = ", ".join(machine.label for machine in fitting or machines)
    if name is None:
        fix = "choose one with --state-machine"
        raise StackChoiceError("state machine", "there are several", allowed=labels, fix=fix)
    message = "several fit" if fitting else "no such state machine"
    known = [known for machine in machines for known in machine.names]
    raise StackChoiceError(
        "state machine", message, got=name, allowed=labels, fix=did_you_mean(name, known)
    )


def recipe_summary(recipe: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """Lines that say which recipe a trainer uses and what was changed in it.

    Args:
        recipe: The summary that the trainer's state machine carries in its Metadata.
        values: The hyperparameters that it sends; the summary has only values that are no
            hyperparameters.
    """
    width = max(len(label) for label, _ in _FACTS)
    known = {**recipe.get("LockEntry", {}), **recipe}
    facts = [(label, known[key]) for label, key in _FACTS if known.get(key) is not None]
    lines = [f"  {label:<{width}}  {_shown(value)}" for label, value in facts]
    changed: Mapping[str, Mapping[str, Any]] = recipe.get("Changed", {})
    if not changed:
        return [*lines, "  nothing in the recipe was changed"]
    rows: list[Sequence[str]] = [_COLUMNS]
    for name, leaf in changed.items():
        value = values.get(name, leaf.get("Value"))
        cells = (leaf.get("Path", name), value, leaf.get("HubDefault"), leaf["Origin"])
        rows.append([_shown(cell) for cell in cells])
    return [*lines, "  changed:", *(f"    {line}" for line in aligned(rows))]


def _hyperparameters(definition: Mapping[str, Any]) -> Mapping[str, str]:
    """The defaults that stand readable in the request of one of the states."""
    for state in definition.get("States", {}).values():
        request = state.get("Assign", {}).get("request", {})
        if isinstance(request, dict) and "HyperParameters" in request:
            hyperparameters: Mapping[str, str] = request["HyperParameters"]
            return hyperparameters
    return {}


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value)


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
