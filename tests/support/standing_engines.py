"""Projects for an engine that stays, and the commands that start and stop it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
COMMAND = "import sys; from constructs_trainers.cli.main import main; main(sys.argv[1:])"

# Each of these would lead a client to AWS, or let it fail.
ELSEWHERE = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "http://127.0.0.1:1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_REGION": "eu-west-1",
    "HTTP_PROXY": "http://127.0.0.1:1",
}


@dataclass(frozen=True)
class Site:
    """A project whose engines' folders can be told from all others.

    Attributes:
        folder: The folder of its cdk.json.
        temporary: Where its engines' folders are made.
    """

    folder: Path
    temporary: Path

    @property
    def state_file(self) -> Path:
        return self.folder / ".constructs-trainers" / "engine.json"

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.state_file.read_text())
        return state

    def environment(self, shell: Mapping[str, str] | None = None) -> dict[str, str]:
        """A shell's environment, with some variables more."""
        ours = {"PYTHONPATH": str(PROJECT), "TMPDIR": str(self.temporary)}
        return {**os.environ, **ours, **(shell or {})}

    def begin(
        self, *arguments: str, cwd: Path | None = None, shell: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Begin ``constructs-trainers local ...``."""
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "local", *arguments],
            cwd=cwd or self.folder,
            env=self.environment(shell),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def local(
        self,
        *arguments: str,
        cwd: Path | None = None,
        shell: Mapping[str, str] | None = None,
        code: int = 0,
    ) -> tuple[str, str]:
        """Run ``constructs-trainers local ...``; gives what it prints and what it tells."""
        with self.begin(*arguments, cwd=cwd, shell=shell) as command:
            output, told = command.communicate()
        assert command.returncode == code, told
        assert "Traceback" not in told
        return output, told

    def in_shell(
        self, script: str, shell: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a script in sh, in the environment of an engine."""
        start = f"'{sys.executable}' -c '{COMMAND}' local start"
        return subprocess.run(
            ["/bin/sh", "-euc", f'environment=$({start}) && eval "$environment"\n{script}'],
            cwd=self.folder,
            env=self.environment(shell),
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """A project of which no engine is left in the end."""
    site = Site(folder / "project", folder / "temporary")
    site.folder.mkdir()
    site.temporary.mkdir()
    (site.folder / "cdk.json").write_text("{}")
    try:
        yield site
    finally:
        site.local("stop")
        assert list(site.temporary.glob("constructs-trainers-*")) == []
