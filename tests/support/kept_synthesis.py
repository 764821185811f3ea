"""A pytest plugin: keeps all that tests synthesize, for ``tools/safety_net.py``.

Loaded with ``-p tests.support.kept_synthesis``. The environment variable ``KEPT_SYNTHESIS`` names
the folder. Each text is kept once, whichever tests made it.
"""

from __future__ import annotations

import functools
import json
import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.watched_synthesis import watch_apps, watch_stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOLDER = "KEPT_SYNTHESIS"
_TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"/[\w./-]*")


@pytest.fixture(scope="session", autouse=True)
def kept_synthesis() -> Iterable[None]:
    """Keep what stacks and apps are synthesized to, requests, and what commands print as JSON."""
    with pytest.MonkeyPatch.context() as patch:
        watch_stacks(patch, lambda template: keep("template", _as_text(template)))
        watch_apps(patch, _keep_assembly)
        _keep_requests(patch)
        _keep_commands(patch)
        yield


def keep(kind: str, text: str) -> None:
    """Put a text into the folder, labelled with the test that runs.

    Args:
        kind: What it is, such as ``template``.
        text: The text. Temporary folders in it are left out: they have other names each time.
    """
    folder = Path(os.environ[FOLDER])
    folder.mkdir(parents=True, exist_ok=True)
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition("/")[2].partition(" ")[0]
    content = _TEMPORARY.sub("TEMPORARY", text)
    path = folder / f"{kind}-{sha256(content.encode(errors='surrogatepass')).hexdigest()[:20]}.txt"
    if not path.exists():
        whole = f"{test}\n{content}"
        path.write_text(whole, encoding="utf-8", errors="surrogatepass")


def _as_text(value: object) -> str:
    return json.dumps(value, indent=1, default=lambda other: getattr(other, "code", repr(other)))


def _keep_assembly(folder: Path) -> None:
    for path in sorted(folder.rglob("*.template.json")):
        keep("template", path.read_text(encoding="utf-8"))


def _keep_requests(patch: pytest.MonkeyPatch) -> None:
    import aws_cdk as cdk

    from constructs_trainers import BaseTrainer

    original: Callable[..., None] = BaseTrainer.__init__

    @functools.wraps(original)
    def init(trainer: BaseTrainer, *args: Any, **props: Any) -> None:  # noqa: ANN401 - handed on
        original(trainer, *args, **props)
        request = json.loads(_as_text(trainer.training_job_request))
        keep("request", _as_text(cdk.Stack.of(trainer).resolve(request)))

    patch.setattr(BaseTrainer, "__init__", init)


def _keep_commands(patch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    original: Callable[..., Any] = CliRunner.invoke

    def invoke(runner: CliRunner, command: Any, arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on
        result = original(runner, command, arguments, **options)
        if "--json" in arguments:
            keep("command", f"exit code {result.exit_code}\n{result.stdout}")
        return result

    patch.setattr(CliRunner, "invoke", invoke)
