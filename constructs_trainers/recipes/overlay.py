"""Resolving a recipe: template, spec and layers in, every value with its origin out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.copied_files import (
    changes_nothing,
    is_empty_list_of_blocks,
    is_holder,
    is_launchers_text,
    leads_only_to,
    mapping_by_reference,
    outside_problem,
    placeholder_problem,
)
from constructs_trainers.recipes.given_values import GivenValues
from constructs_trainers.recipes.interpolation import NUMBER_IN_TEXT, has_interpolation, interpolate
from constructs_trainers.recipes.layers import HUB, TRAINER, Entry
from constructs_trainers.recipes.leaf_types import LeafTypes
from constructs_trainers.recipes.paths import dotted, same_value
from constructs_trainers.recipes.resolved_recipe import (
    ResolvedLeaf,
    ResolvedParameter,
    ResolvedRecipe,
)
from constructs_trainers.recipes.targets import TargetFinder
from constructs_trainers.recipes.template import RecipeTemplate
from constructs_trainers.recipes.validation import (
    cross_problems,
    leaf_problems,
    lengths_of_parameters,
    value_problems,
)
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.recipes.layers import Layer, Origin
    from constructs_trainers.recipes.paths import Path
    from constructs_trainers.recipes.spec import OverrideSpec, Parameter
    from constructs_trainers.recipes.targets import Target

# Parameters without a leaf of their own take part in interpolation under keys of this form,
# which no recipe has.
_PLACELESS = "\ue002"


def resolve_recipe(
    template: Mapping[str, object],
    spec: OverrideSpec,
    layers: Sequence[Layer],
    *,
    protected: Mapping[str, str],
    owned: Mapping[str, str],
    filled: Mapping[str, object] | None = None,
    sequence_length: str | None = None,
) -> ResolvedRecipe:
    """Apply the layers to the hub's recipe and check the outcome.

    Args:
        template: The hub's recipe template, placeholders included.
        spec: The override spec that belongs to it.
        layers: User file, overrides, hyperparameters; later ones win.
        protected: Names of leaves and parameters that keep the hub's value, each with what to do
            instead of setting them.
        owned: Names of parameters whose value the trainer or the service gives later, each with
            what to do instead of setting them. They render as null and are not in the outcome's
            spec.
        filled: What the trainer writes into the recipe over all layers, by parameter or leaf
            name, protected ones included. A name that the recipe does not have is left out.
        sequence_length: The chosen recipe's sequence length, such as ``4K``.

    Raises:
        RecipeError: With every problem that was found.
    """
    untouchable = {**protected, **owned}
    open_spec = spec.without(owned)
    defaults = {name: parameter.default for name, parameter in open_spec.items()}
    resolution = _Resolution(RecipeTemplate(template, defaults), open_spec, untouchable)
    resolution.keep(spec, filled or {})
    for layer in layers:
        resolution.apply(layer)
    for name, value in (filled or {}).items():
        resolution.fill(name, value)
    if resolution.interpolate():
        resolution.check(sequence_length)
    if resolution.problems:
        # One key may be written in several ways that read the same.
        raise RecipeError("recipe", list(dict.fromkeys(resolution.problems)))
    return resolution.outcome()


class _Resolution:
    """One resolution in progress."""

    def __init__(
        self, template: RecipeTemplate, spec: OverrideSpec, protected: Mapping[str, str]
    ) -> None:
        self.problems: list[Problem] = []
        self._template = template
        self._spec = spec
        self._protected = protected
        self._finder = TargetFinder(template, spec, protected)
        self._placeholders = {*template.locations, *spec, *protected}
        self._kept: dict[str, list[object]] = {}
        self._given = GivenValues(template, spec)
        self._hub: dict[Path, object] = {}
        self._final: dict[Path, object] = {}
        self._final_placeless: dict[str, object] = {}
        self._open: set[Path] = set()

    def keep(self, hub: OverrideSpec, filled: Mapping[str, object]) -> None:
        """Note what protected values are without any layer: those may be given again."""
        for name in self._protected:
            kept = [hub[name].default] if name in hub else []
            self._kept[name] = [*kept, *([filled[name]] if name in filled else [])]

    def apply(self, layer: Layer) -> None:
        set_by: dict[Target, Entry] = {}
        for entry in layer.entries:
            if is_holder(entry):
                continue
            found = leaf_problems(entry.label, entry.value, entry.line)
            if found:
                self.problems.extend(found)
                continue
            if entry.value == {} and self._finder.is_mapping(entry):
                continue
            target = self._finder.find(entry, short_names=layer.short_names)
            if not isinstance(target, Problem):
                self._give(entry, target, set_by)
            elif leaves := self._by_reference(entry):
                for path, value in leaves.items():
                    self._give(replace(entry, value=value), path, set_by)
            elif not (is_empty_list_of_blocks(entry) or self._changes_nothing(entry, None)):
                self.problems.append(outside_problem(entry) or self._protection(entry) or target)

    def _by_reference(self, entry: Entry) -> Mapping[Path, object] | None:
        path = self._finder.mapping(entry)
        if path is None:
            return None
        return mapping_by_reference(path, entry.value, self._template.leaves)

    def _give(self, entry: Entry, target: Target, set_by: dict[Target, Entry]) -> None:
        if self._changes_nothing(entry, target):
            return
        found = self._target_problems(entry, target, set_by)
        if found:
            self.problems.extend(found)
        else:
            self._given.give(target, entry)

    def _changes_nothing(self, entry: Entry, target: Target | None) -> bool:
        """Whether a copied value only says what is so without it."""
        places = [target] if isinstance(target, tuple) else []
        if isinstance(target, str):
            places = self._template.whole_places(target)
        names = self._protecting(entry, places)
        if not names:
            untouched = all(self._given.origin(path) == HUB for path in places)
            return is_launchers_text(entry.value) and untouched and bool(places)
        kept = [value for name in names for value in self._kept[name]]
        kept += [self._given.default(path) for path in places]
        return changes_nothing(entry.value, kept) or any(
            leads_only_to(path, entry.value, self._is_kept) for path in places
        )

    def _is_kept(self, path: Path) -> bool:
        names = (path[-1], self._template.whole.get(path, ""))
        return any(name in self._protected for name in names)

    def fill(self, name: str, value: object) -> None:
        entry = Entry((name,), value, TRAINER)
        target = self._finder.find(entry, short_names=True)
        if not isinstance(target, Problem):
            self._given.give(target, entry)

    def interpolate(self) -> bool:
        """Render all leaves, then replace interpolations by their values, if they have any.

        Entries that were refused are left out, so that the values of the others can be checked.
        """
        rendered = {path: self._given.rendered(path) for path in self._template.leaves}
        placed = set(self._template.whole.values())
        placeless = {
            name: given.value
            for name, given in self._given.parameters.items()
            if name not in placed
        }
        self._hub = {path: self._given.default(path) for path in rendered}
        self._final, self._final_placeless = rendered, placeless
        before = len(self.problems)
        self._check_numbers_in_text()
        extra: dict[Path, object] = {(_PLACELESS + n,): v for n, v in placeless.items()}
        candidates = {**rendered, **extra}
        interpolated = [path for path, value in candidates.items() if has_interpolation(value)]
        if any(has_interpolation(value) for value in self._hub.values()):
            self._hub, _ = interpolate(self._hub)
        if interpolated:
            # What the hub's own recipe leaves open, such as ${base_results_dir}, is filled in by
            # the launcher that runs it.
            from_hub = [path for path in interpolated if self._origin(path) == HUB]
            values, wrong = interpolate(candidates, open_ended=from_hub)
            for path in interpolated:
                origin = str(self._origin(path))
                found = wrong.get(path) or leaf_problems(_shown(path), values[path], origin)
                self.problems += [_named(replace(problem, origin=origin)) for problem in found]
            self._open = {path for path in from_hub if values[path] == candidates[path]}
            self._final = {path: values[path] for path in rendered}
            self._final_placeless = {name: values[(_PLACELESS + name,)] for name in placeless}
        if len(self.problems) > before:
            return False
        self._check_protected_sources()
        return True

    def check(self, sequence_length: str | None) -> None:
        for path, name in self._template.whole.items():
            if name in self._spec:
                given = self._given.direct.get(path) or self._given.parameters[name]
                self._check_value(self._spec[name], self._final[path], given, self._hub[path])
        self._check_types()
        for name, value in self._final_placeless.items():
            parameter = self._spec[name]
            self._check_value(parameter, value, self._given.parameters[name], parameter.default)
        if self.problems:
            return  # a value that was refused would only be reported again
        values = self._by_name(self._final) | self._final_placeless
        defaults = self._by_name(self._hub)
        defaults |= {name: self._spec[name].default for name in self._final_placeless}
        self.problems += cross_problems(
            lengths_of_parameters(values, self._spec),
            lengths_of_parameters(defaults, self._spec),
            sequence_length,
        )

    def outcome(self) -> ResolvedRecipe:
        leaves = tuple(
            ResolvedLeaf(
                path=path,
                value=self._final[path],
                origin=self._given.origin(path),
                default=self._hub[path],
                direct=path in self._given.direct,
                parameter=self._known(self._template.whole.get(path)),
                open=path in self._open,
                replaced=self._given.replaced(path),
            )
            for path in self._template.leaves
        )
        parameters = tuple(
            ResolvedParameter(
                name=name,
                value=value,
                origin=self._given.parameters[name].origin,
                default=self._spec[name].default,
                replaced=self._given.replaced(name),
            )
            for name, value in self._final_placeless.items()
        )
        return ResolvedRecipe(leaves, parameters, self._spec)

    def _target_problems(
        self, entry: Entry, target: Target, set_by: dict[Target, Entry]
    ) -> list[Problem]:
        keys = [target]
        if isinstance(target, str):
            places = self._template.locations.get(target, [])
            keys += self._template.whole_places(target)
        else:
            places = [target]
        protection = self._protection(entry, places)
        if protection is not None:
            return [protection]
        there = [name for path in places for name in self._template.names.get(path, ())]
        placeholder = placeholder_problem(entry, self._placeholders, there)
        if placeholder is not None:
            return [placeholder]
        if isinstance(entry.value, Mapping) and not any(
            isinstance(self._template.leaves[path], Mapping) for path in places
        ):
            message = "a single value of the recipe cannot be replaced by a mapping"
            return [entry.problem(message, got=short_repr(entry.value))]
        for key in keys:
            if key in set_by:
                first = set_by[key]
                where = f" ({first.origin})" if first.origin.file else ""
                fix = "keep one of the two"
                return [entry.problem(f"set twice: '{first.label}'{where} sets it too", fix=fix)]
        set_by.update(dict.fromkeys(keys, entry))
        return []

    def _protection(self, entry: Entry, places: Sequence[Path] = ()) -> Problem | None:
        for name in self._protecting(entry, places):
            fix = self._protected[name]
            if entry.origin.file is not None:
                fix = f"delete the line, and {fix}"
            message = f"'{name}' is not a value that a layer may set"
            return entry.problem(message, got=short_repr(entry.value), fix=fix)
        return None

    def _protecting(self, entry: Entry, places: Sequence[Path]) -> list[str]:
        """The names of protected values that an entry would set."""
        names = [entry.written[-1].rpartition(".")[2]]
        for path in places:
            names += [path[-1], self._template.whole.get(path, "")]
        return [name for name in dict.fromkeys(names) if name in self._protected]

    def _check_protected_sources(self) -> None:
        """A protected leaf that interpolates must not be moved through what it refers to."""
        for path, value in self._hub.items():
            if path[-1] not in self._protected or self._given.origin(path) == TRAINER:
                continue
            if self._final[path] != value:
                message = "a layer changes this protected value through an interpolation"
                fix = self._protected[path[-1]]
                self.problems.append(Problem(path=dotted(path), message=message, fix=fix))

    def _check_value(
        self, parameter: Parameter, value: object, given: Entry, default: object
    ) -> None:
        if given.origin in (HUB, TRAINER):
            # The hub's own defaults are what the service takes, whatever its spec says of them.
            if value is None and parameter.required:
                self.problems += value_problems(parameter.name, value, parameter, None)
            return
        if given.origin.file is not None and same_value(value, default):
            return  # nor those in a file that was copied
        found = value_problems(given.label, value, parameter, given.line)
        self.problems += [given.with_text(problem) for problem in found]

    def _check_types(self) -> None:
        """Hold what no parameter stands for against the types of the hub's values."""
        types = LeafTypes(self._hub)
        for path, given in self._given.direct.items():
            if self._known(self._template.whole.get(path)) or given.origin == TRAINER:
                continue
            problem = types.problem(path, self._final[path])
            if problem is not None:
                placed = replace(problem, path=given.label, origin=given.line)
                self.problems.append(given.with_text(placed))

    def _by_name(self, values: Mapping[Path, object]) -> dict[str, object]:
        whole = self._template.whole
        return {path[-1]: value for path, value in values.items() if path not in whole} | {
            name: values[path] for path, name in whole.items()
        }

    def _check_numbers_in_text(self) -> None:
        """A number token has no text yet that could be put between other text."""
        unknown = {name for name, v in self._given.parameters.items() if is_number_token(v.value)}
        for path in self._template.names if unknown else ():
            if path not in self._given.direct and unknown & self._template.names_in_text(path):
                origin = str(self._origin(path))
                problem = Problem(path=dotted(path), message=NUMBER_IN_TEXT, origin=origin)
                self.problems.append(problem)

    def _origin(self, path: Path) -> Origin:
        if path in self._template.leaves:
            return self._given.origin(path)
        return self._given.parameters[_shown(path)].origin

    def _known(self, name: str | None) -> str | None:
        return name if name in self._spec else None


def _named(problem: Problem) -> Problem:
    """The problem in names that people know."""
    fix = problem.fix and problem.fix.replace(_PLACELESS, "")
    return replace(
        problem,
        path=problem.path.replace(_PLACELESS, ""),
        message=problem.message.replace(_PLACELESS, ""),
        fix=fix,
    )


def _shown(path: Path) -> str:
    return dotted(path).removeprefix(_PLACELESS)
