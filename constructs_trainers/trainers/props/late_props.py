"""What a trainer says to whoever changes it like the SDK's, or asks it for what the SDK's has."""

from __future__ import annotations

import inspect
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import did_you_mean
from constructs_trainers.trainers.props.trainer_props import TrainerProps

if TYPE_CHECKING:
    from collections.abc import Collection

_INSTEAD: Final = {
    "hyperparameters": "give hyperparameters={...} to the constructor; explain_recipe() shows what "
    "they came to",
    "wait": "an execution of state_machine waits for its job; in a workflow, train(wait=True)",
    "show_metrics": "MLflow has the curves (mlflow_resource_arn), and metric_...() the executions",
    "stream_logs": "the job's logs are in the log group /aws/sagemaker/TrainingJobs",
    "sagemaker_session": "the stack's environment takes its place",
    "deploy": "the output of an execution names the model: OutputModelPackageArn, ModelArtifacts",
}


class LateProps:
    """Refuses to be assigned a prop: a request that was checked would no longer be the one sent.

    Attributes:
        _parameters: The names of the recipe's parameters, once it is known.
    """

    _parameters: Collection[str] = ()

    # Not for type checkers: they would take any name for an attribute then.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            """Assign, but not to a prop.

            Raises:
                AttributeError: It is a prop, or a parameter of the recipe, with what to do.
            """
            is_prop = not name.startswith("_") and name in _props(inspect.getmro(type(self)))
            if is_prop and not _takes(type(self), name):
                raise AttributeError(_late(type(self).__name__, name), name=name, obj=self)
            # A subclass of the user's may keep what it likes.
            if name in self._parameters and _is_ours(type(self)):
                raise AttributeError(_parameter(type(self).__name__, name), name=name, obj=self)
            super().__setattr__(name, value)

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - there is no such attribute
            """Say what there is in place of what the SDK's trainers have.

            Raises:
                AttributeError: Always: Python only comes here for what is not there, or says so.
            """
            known = inspect.getattr_static(type(self), name, None)
            if isinstance(known, property) and known.fget is not None:
                # It is there, and has its own reason.
                return known.fget(self)
            instead = _instead(type(self), name)
            msg = f"'{type(self).__name__}' object has no attribute '{name}'"
            raise AttributeError(f"{msg}: {instead}" if instead else msg, name=name, obj=self)


def _takes(trainer: type, name: str) -> bool:
    """Whether a subclass of the user's has a property of this name that is to be assigned."""
    return hasattr(inspect.getattr_static(trainer, name, None), "__set__") and not any(
        name in vars(kind) for kind in inspect.getmro(trainer) if _is_ours(kind)
    )


def _late(kind: str, name: str) -> str:
    return (
        f"{kind}: '{name}' is a prop, and props are read once, when the trainer is made: give it "
        f"to the constructor, {kind}(scope, id, {name}=...)"
    )


def _parameter(kind: str, name: str) -> str:
    return (
        f"{kind}: '{name}' is a parameter of the recipe, which is resolved once, when the trainer "
        f"is made: give it to the constructor, {kind}(scope, id, hyperparameters={{'{name}': ...}})"
    )


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("constructs_trainers.")


def _instead(trainer: type, name: str) -> str | None:
    if name in _INSTEAD:
        return _INSTEAD[name]
    if name in _props(inspect.getmro(trainer)):
        return "props are not kept; training_job_request has what is sent"
    known = [known for known in dir(trainer) if not known.startswith("_")]
    return None if name.startswith("_") else did_you_mean(name, known)


@cache
def _props(classes: tuple[type, ...]) -> frozenset[str]:
    """The names of a trainer's props, but for those that a user's subclass has for itself.

    Args:
        classes: The trainer's class, and those that it inherits from.
    """
    ours = [
        vars(kind)["__init__"] for kind in classes if "__init__" in vars(kind) and _is_ours(kind)
    ]
    own = {
        parameter.name
        for constructor in ours
        for parameter in inspect.signature(constructor).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    return frozenset(field.name for field in fields(TrainerProps)) | own
