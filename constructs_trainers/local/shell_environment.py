"""The environment that leads a shell's AWS clients to an engine.

It is all said by setting variables: what ``export`` lines cannot unset is led to the engine, too.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from constructs_trainers.local.clients import FAKE_SECRET
from constructs_trainers.local.environment import (
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    isolated_environment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PROFILE: Final = "default"
_PROFILE_FILE: Final = "aws-profile"
_FILE_VARIABLES: Final = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_PROFILE_VARIABLES: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
# What belongs to the shell: its programs, its temporary files, its colours.
_LEFT_ALONE: Final = ("PATH", "TMPDIR", "NO_COLOR")
# What leads elsewhere, and counts as not set where it is empty: tried with boto3 and the cdk CLI.
_EMPTIED: Final = (
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_EMPTIED_PREFIX: Final = "AWS_ENDPOINT_URL_"


def write_profile(workdir: Path) -> None:
    """Write the file of the profile that :func:`shell_environment` names.

    Args:
        workdir: The engine's folder.
    """
    lines = [
        f"[{_PROFILE}]",
        f"aws_access_key_id = {DEFAULT_ACCOUNT}",
        f"aws_secret_access_key = {FAKE_SECRET}",
        f"region = {DEFAULT_REGION}",
    ]
    (workdir / _PROFILE_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def shell_environment(endpoint: str, workdir: Path, base: Mapping[str, str]) -> dict[str, str]:
    """The variables to set in a shell, by name; the same for a shell that has set them already.

    Args:
        endpoint: The engine's address.
        workdir: The engine's folder: the CLI's caches are kept in it.
        base: The shell's environment. Of what it says about AWS, a profile is replaced by one of
            the engine; tokens, roles, and endpoints of single services are set to nothing.
    """
    direct = {name: base[name] for name in ("NO_PROXY", "no_proxy") if name in base}
    environment = isolated_environment(
        endpoint, workdir, account=DEFAULT_ACCOUNT, region=DEFAULT_REGION, base=direct
    )
    environment |= dict.fromkeys(_FILE_VARIABLES, str(workdir / _PROFILE_FILE))
    # Only where there is one: beside keys, a profile makes SDKs warn of two sources.
    environment |= {name: _PROFILE for name in _PROFILE_VARIABLES if name in base}
    elsewhere = (name for name in base if name in _EMPTIED or name.startswith(_EMPTIED_PREFIX))
    environment |= dict.fromkeys(elsewhere, "")
    return {name: environment[name] for name in sorted(environment) if name not in _LEFT_ALONE}


def export_lines(environment: Mapping[str, str]) -> list[str]:
    """Lines that set the variables in every shell that reads sh's language."""
    return [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
