"""What ``local start`` sets in a shell, and where clients go then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.shell_environment import (
    export_lines,
    shell_environment,
    write_profile,
)
from tests.support.standing_engines import ELSEWHERE

if TYPE_CHECKING:
    from constructs_trainers.local.engine import Engine

ENDPOINT = "http://127.0.0.1:4566"


def test_the_lines_are_taken_as_they_are_meant(tmp_path: Path) -> None:
    workdir = tmp_path / 'it\'s $HOME `here`; "now"\n#'
    environment = shell_environment(ENDPOINT, workdir, {"NO_PROXY": "*.corp, $(intranet)"})
    dump = f"'{sys.executable}' -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    shell = subprocess.run(
        ["/bin/sh", "-c", "\n".join([*export_lines(environment), dump])],
        capture_output=True,
        check=True,
        text=True,
    )
    seen = json.loads(shell.stdout)
    assert environment.items() <= seen.items()


def test_what_belongs_to_the_shell_is_left_alone(tmp_path: Path) -> None:
    names = set(shell_environment(ENDPOINT, tmp_path, {**os.environ, **ELSEWHERE}))
    assert not names & {"PATH", "TMPDIR", "HOME", "NO_COLOR", "HTTP_PROXY"}


def test_a_shell_that_has_it_gets_the_same_again(tmp_path: Path) -> None:
    shell = {**os.environ, **ELSEWHERE, "NO_PROXY": "intranet"}
    environment = shell_environment(ENDPOINT, tmp_path, shell)
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert shell_environment(ENDPOINT, tmp_path, {**shell, **environment}) == environment


@pytest.mark.engine
@pytest.mark.parametrize("name", [*ELSEWHERE, "everything"])
def test_clients_of_a_shell_that_led_elsewhere_find_the_engine(engine: Engine, name: str) -> None:
    shell = {**os.environ, **(ELSEWHERE if name == "everything" else {name: ELSEWHERE[name]})}
    write_profile(engine.workdir)
    environment = shell_environment(engine.endpoint, engine.workdir, shell)
    asked = (
        "import boto3; session = boto3.Session();"
        "print(session.client('sts').get_caller_identity()['Account'], session.region_name,"
        "      len(session.client('s3').list_buckets()['Buckets']))"
    )
    client = subprocess.run(
        [sys.executable, "-c", asked],
        env={**shell, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    assert client.stdout.split() == ["123456789012", "us-east-1", "0"]
