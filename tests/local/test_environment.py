from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.environment import (
    MisuseError,
    isolated_environment,
    require_ministack,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_of_the_users_aws_configuration_gets_through(tmp_path: Path) -> None:
    user = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_S3": "https://s3.us-west-2.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_CONFIG_FILE": "/home/user/.aws/config",
        "HOME": "/home/user",
        "PATH": "/usr/bin",
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "intranet",
    }
    environment = isolated_environment(
        "http://127.0.0.1:4566", tmp_path, account="123456789012", region="us-west-2", base=user
    )
    assert {name: value for name, value in environment.items() if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "embedded-engine",
        "AWS_REGION": "us-west-2",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert environment["HOME"] == "/home/user"
    assert environment["PATH"].endswith("/usr/bin")


def test_without_the_engine_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(MisuseError, match=r"constructs-trainers\[local\]"):
        require_ministack()
