"""Trainers that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers import TrainerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers import BaseTrainer


def refusal(make_trainer: Callable[..., BaseTrainer], **props: Any) -> TrainerError:  # noqa: ANN401 - props
    """The error that a trainer with these props is refused with."""
    with pytest.raises(TrainerError) as error:
        make_trainer(**props)
    return error.value
