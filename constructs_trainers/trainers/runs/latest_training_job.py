"""References to the job of a ``train()``, for the states after it."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_trainers.values.expressions import Expression

_MEMBERS = (
    "TrainingJobName",
    "TrainingJobArn",
    "ModelArtifacts",
    "OutputModelPackageArn",
    "LogsUrl",
)
REMEMBERED = Expression(
    "{" + ", ".join(f"'{name}': $output.{name}" for name in _MEMBERS) + "}",
)
"""What the variable of a ``train()`` holds, of the training's ``$output``."""


@dataclass(frozen=True, kw_only=True)
class LatestTrainingJob:
    """The job that a ``train()`` makes, as later states of its machine can name it.

    The state of ``train()`` puts the job in a workflow variable, which JSONPath and JSONata can
    both read. Each property is text that is right in both, such as
    ``$trainingJob_SftTrain.TrainingJobName``: a path in a JSONPath state
    (``"Name.$": job.training_job_name``), and in a JSONata state what goes between ``{%`` and
    ``%}``; :meth:`jsonata` writes them.

    A variable is known in its own scope and those inside it: what is set in a branch of a Parallel
    state, or in a Map, is not known after it.

    Attributes:
        variable: The variable's name, without its ``$``.
    """

    variable: str

    @property
    def training_job_name(self) -> str:
        """The job's name."""
        return self._member("TrainingJobName")

    @property
    def training_job_arn(self) -> str:
        """The job's ARN."""
        return self._member("TrainingJobArn")

    @property
    def model_artifacts(self) -> str:
        """S3 URI of what the job wrote."""
        return self._member("ModelArtifacts.S3ModelArtifacts")

    @property
    def output_model_package_arn(self) -> str:
        """ARN of the model package that the job registered. A job without a group has none."""
        return self._member("OutputModelPackageArn")

    @property
    def logs_url(self) -> str:
        """The console's address of the job's logs."""
        return self._member("LogsUrl")

    @staticmethod
    def jsonata(reference: str) -> str:
        """A reference as it stands in a JSONata state."""
        return "{% " + reference + " %}"

    def _member(self, name: str) -> str:
        return f"${self.variable}.{name}"
