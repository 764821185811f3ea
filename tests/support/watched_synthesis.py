"""Tells what stacks and apps are synthesized to while tests run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from aws_cdk.assertions import Template


def watch_stacks(patch: pytest.MonkeyPatch, tell: Callable[[Any], None]) -> None:
    """Tell of each template that ``Template.from_stack`` makes."""
    from aws_cdk.assertions import Template

    original: Callable[..., Template] = Template.from_stack

    def from_stack(*args: Any, **options: Any) -> Template:  # noqa: ANN401 - handed on
        template = original(*args, **options)
        tell(template.to_json())
        return template

    patch.setattr(Template, "from_stack", from_stack)


def watch_apps(patch: pytest.MonkeyPatch, tell: Callable[[Path], None]) -> None:
    """Tell of each cloud assembly, by its folder."""
    from aws_cdk import Stage

    original: Callable[..., Any] = Stage.synth

    def synth(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on
        assembly = original(*args, **options)
        tell(Path(assembly.directory))
        return assembly

    patch.setattr(Stage, "synth", synth)
