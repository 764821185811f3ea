"""Which kind of compute a trainer asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.trainers.kinds.kind import ComputeKind
from constructs_trainers.trainers.kinds.serverless import Serverless

if TYPE_CHECKING:
    from constructs_trainers.trainers.props.compute import Compute


def kind_of(compute: Compute | None) -> ComputeKind:
    """The kind that the prop ``compute`` names.

    Args:
        compute: The prop.
    """
    kind = Serverless() if compute is None else compute.kind()
    if not isinstance(kind, ComputeKind):
        raise TypeError(kind)
    return kind
