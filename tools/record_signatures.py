"""Record what the SageMaker Python SDK's trainers take, for docs/parity.md to be held against.

Usage: python tools/record_signatures.py > tests/parity/sdk_signatures.json

Run it in an environment that has sagemaker-train; it asks AWS nothing. Only names are recorded:
parameters of constructors and public methods, and members of the groups that they take.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import json
import os
from typing import Any

PACKAGE = "sagemaker-train"
TRAINERS = {
    "BaseTrainer": "sagemaker.train.base_trainer",
    "SFTTrainer": "sagemaker.train.sft_trainer",
    "DPOTrainer": "sagemaker.train.dpo_trainer",
    "RLVRTrainer": "sagemaker.train.rlvr_trainer",
    "RLAIFTrainer": "sagemaker.train.rlaif_trainer",
}
# What a user builds to pass it on. A group that holds another one is followed by it.
GROUPS = {
    "Compute": "sagemaker.train.configs",
    "InstanceGroup": "sagemaker.train.configs",
    "InstancePreference": "sagemaker.core.shapes",
    "Networking": "sagemaker.train.configs",
    "VpcConfig": "sagemaker.core.shapes",
    "StoppingCondition": "sagemaker.train.configs",
    "OutputDataConfig": "sagemaker.train.configs",
    "InputData": "sagemaker.train.configs",
    "Channel": "sagemaker.train.configs",
    "ShuffleConfig": "sagemaker.train.configs",
    "DataSource": "sagemaker.train.configs",
    "S3DataSource": "sagemaker.train.configs",
    "FileSystemDataSource": "sagemaker.train.configs",
    "DatasetSource": "sagemaker.train.configs",
    "CheckpointConfig": "sagemaker.train.configs",
    "RetryStrategy": "sagemaker.train.configs",
    "InfraCheckConfig": "sagemaker.train.configs",
    "RemoteDebugConfig": "sagemaker.train.configs",
    "SessionChainingConfig": "sagemaker.train.configs",
    "TensorBoardOutputConfig": "sagemaker.train.configs",
    "DataMixingConfig": "sagemaker.train.data_mixing_config",
    "Tag": "sagemaker.train.configs",
}
NOTIFICATIONS = ("sagemaker.train.common_utils.notifications", "enable_notifications")
FUNCTIONS = {"list_hyperparameters": "sagemaker.train"}
# What train() returns; users call its methods.
JOB = ("sagemaker.core.resources", "TrainingJob", ("refresh", "stop", "wait"))


def parameters(function: Any) -> list[str]:  # noqa: ANN401 - the SDK has no types here
    """The names of a function's parameters, but for the instance and ``**kwargs``."""
    variable = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in {"self", "cls"} and parameter.kind not in variable
    ]


def methods(trainer: Any) -> dict[str, list[str]]:  # noqa: ANN401 - a class of the SDK
    """The public methods of a class, each with its parameters."""
    found = {}
    for name in sorted(dir(trainer)):
        member = inspect.getattr_static(trainer, name)
        function = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
        if not name.startswith("_") and callable(function):
            found[name] = parameters(function)
    return found


def attributes(trainer: Any) -> list[str]:  # noqa: ANN401 - a class of the SDK
    """The public attributes of a class that are not parameters of its constructor."""
    own = {*parameters(trainer.__init__), *methods(trainer)}
    return [name for name in sorted(dir(trainer)) if not name.startswith("_") and name not in own]


def named(module: str, name: str) -> Any:  # noqa: ANN401 - anything of the SDK
    """What a module calls by a name."""
    return getattr(importlib.import_module(module), name)


def record() -> dict[str, Any]:
    """All names, as the JSON file has them."""
    trainers = {name: named(module, name) for name, module in TRAINERS.items()}
    groups = {name: named(module, name) for name, module in GROUPS.items()}
    job = named(*JOB[:2])
    return {
        "package": PACKAGE,
        "version": importlib.metadata.version(PACKAGE),
        "constructors": {name: parameters(kind.__init__) for name, kind in trainers.items()},
        "methods": {name: methods(kind) for name, kind in trainers.items()},
        "attributes": attributes(trainers["BaseTrainer"]),
        "job_methods": {name: parameters(getattr(job, name)) for name in JOB[2]},
        "functions": {name: parameters(named(module, name)) for name, module in FUNCTIONS.items()},
        "groups": {
            **{name: list(kind.model_fields) for name, kind in groups.items()},
            # A dict; its keys are this function's parameters, but for the session.
            "notifications": [
                name for name in parameters(named(*NOTIFICATIONS)) if name != "sagemaker_session"
            ],
        },
    }


if __name__ == "__main__":
    # The SDK makes clients when it is imported, which need a region and call nobody.
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-west-2")
    print(json.dumps(record(), indent=1))
