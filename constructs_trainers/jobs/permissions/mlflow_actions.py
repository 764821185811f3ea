"""What a job calls of MLflow, as the SageMaker Python SDK lists it for a training role."""

from __future__ import annotations

from typing import Final

from constructs_trainers.jobs.permissions.statements import service_actions

MLFLOW_ACTIONS: Final = service_actions(
    "sagemaker-mlflow",
    "AccessUI",
    "CreateExperiment",
    "CreateModelVersion",
    "CreateRegisteredModel",
    "CreateRun",
    "DeleteTag",
    "FinalizeLoggedModel",
    "Get*",
    "ListArtifacts",
    "ListLoggedModelArtifacts",
    "LogBatch",
    "LogInputs",
    "LogLoggedModelParams",
    "LogMetric",
    "LogModel",
    "LogOutputs",
    "LogParam",
    "RenameRegisteredModel",
    "RestoreExperiment",
    "RestoreRun",
    "Search*",
    "SetExperimentTag",
    "SetLoggedModelTags",
    "SetRegisteredModelAlias",
    "SetRegisteredModelTag",
    "SetTag",
    "TransitionModelVersionStage",
    "UpdateExperiment",
    "UpdateModelVersion",
    "UpdateRegisteredModel",
)
