"""Clients of the engine in this process: the one place where boto3 is told where it is.

Nothing of the user's environment has a say in it: no proxy, no profile, no configuration file.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

FAKE_SECRET: Final = "embedded-engine"  # noqa: S105 - not checked, and no secret
"""The secret access key of every client: the engine looks at none."""


def engine_client(endpoint: str, service: str, *, account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients at run time
    """A boto3 client of an engine.

    Args:
        endpoint: The engine's address.
        service: Such as ``stepfunctions``.
        account: The account that it acts as: its 12 digits are the engine's access key.
        region: The region that it asks.
    """
    from botocore.config import Config

    return _session().client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key=FAKE_SECRET,
        # The engine is on this machine: a proxy that the environment names must not be asked.
        config=Config(proxies={}),
    )


def known_regions(service: str) -> list[str]:
    """The regions, in the partition of most accounts, that botocore knows a service to be in.

    Args:
        service: Such as ``sagemaker``.
    """
    regions: list[str] = _session().get_available_regions(service)
    return regions


@cache
def _session() -> Any:  # noqa: ANN401 - boto3 ships no types
    import boto3
    import botocore.session

    # A profile that the user has chosen is not there without the files that hold it.
    elsewhere = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=elsewhere))
