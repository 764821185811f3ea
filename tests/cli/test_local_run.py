"""``constructs-trainers local run`` as a script meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]
RUN = "import sys; from constructs_trainers.cli.main import main; main(sys.argv[1:])"


def local_run(*arguments: str, cwd: Path, temporary: Path) -> subprocess.Popen[str]:
    """Starts a run whose temporary files can be told from all others."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "local", "run", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a stand-in for its cdk CLI: see :func:`install_cdk`."""
    folder = tmp_path / "project"
    (folder / "node_modules" / ".bin").mkdir(parents=True)
    (folder / "cdk.json").write_text("{}")
    return folder


def install_cdk(project: Path, script: str) -> None:
    cdk = project / "node_modules" / ".bin" / "cdk"
    cdk.write_text(f"#!/bin/sh\n{script}\n")
    cdk.chmod(0o755)


def test_a_script_gets_one_object_with_the_request_and_the_outcome(temporary: Path) -> None:
    with local_run(
        "--json", "--outcome", "Failed:ClientError: bad data", cwd=PROJECT, temporary=temporary
    ) as run:
        output, progress = run.communicate()
    assert run.returncode == 1, progress
    result = json.loads(output)
    assert list(result) == ["status", "error", "cause", "output", "requests", "execution_arn"]
    assert (result["status"], result["error"]) == ("FAILED", "TrainingJobFailed")
    assert "ClientError: bad data" in result["cause"]
    (request,) = result["requests"]
    assert request["ServerlessJobConfig"]["CustomizationTechnique"] == "SFT"
    assert "learning_rate" in progress
    assert list(temporary.iterdir()) == []


def test_a_person_gets_the_request_and_the_output(temporary: Path) -> None:
    with local_run(cwd=PROJECT, temporary=temporary) as run:
        output, progress = run.communicate()
    assert run.returncode == 0, progress
    heading, rest = output.split("\n", 1)
    assert heading == "CreateTrainingJob"
    request, end = rest.split("\nSUCCEEDED\n")
    assert json.loads(request)["TrainingJobName"] == json.loads(end)["TrainingJobName"]
    assert list(temporary.iterdir()) == []


def test_an_app_that_fails_is_told_in_its_own_words(project: Path, temporary: Path) -> None:
    install_cdk(
        project,
        "echo 'Traceback (most recent call last):';"
        "echo 'constructs_trainers.errors.TrainerError: Stack/Sft: 1 problem';"
        "echo '  overrides.lerning_rate: no such key';"
        "echo 'python app.py: Subprocess exited with error 1'; exit 1",
    )
    with local_run("--json", cwd=project, temporary=temporary) as run:
        output, messages = run.communicate()
    assert run.returncode == 1
    assert "Traceback" not in messages
    assert "overrides.lerning_rate: no such key" in messages
    result = json.loads(output)
    assert (result["status"], result["requests"]) == ("NOT_STARTED", [])
    assert "overrides.lerning_rate: no such key" in result["cause"]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_without_an_app_there_is_nothing_to_run(
    tmp_path: Path, temporary: Path, *, as_json: bool
) -> None:
    with local_run(*["--json"] * as_json, cwd=tmp_path, temporary=temporary) as run:
        output, told = run.communicate()
    assert run.returncode == 2
    said = json.loads(output)["cause"] if as_json else told
    assert said.removeprefix("error: ").startswith("local run: 1 problem\n  cdk.json: ")
    assert str(tmp_path) in said
    for part in ("at or above", "the app's folder", "--app"):
        assert part in said
    assert "Synthesizing" not in told


def test_an_app_that_the_command_line_names_needs_no_cdk_json(
    project: Path, temporary: Path
) -> None:
    (project / "cdk.json").unlink()
    install_cdk(project, 'echo "$@"; exit 1')
    with local_run("--app", "python app.py", cwd=project, temporary=temporary) as run:
        _, told = run.communicate()
    assert run.returncode == 1
    assert "--app python app.py" in told


def test_without_a_cdk_the_message_says_how_to_get_one(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "cdk.json").write_text("{}")
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "local", "run"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(PROJECT), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        output, messages = run.communicate()
    assert (run.returncode, output) == (2, "")
    assert "npm install --save-dev aws-cdk@" in messages


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_by_a_signal_leaves_nothing_behind(
    project: Path, temporary: Path, number: signal.Signals
) -> None:
    started = project / "started"
    os.mkfifo(started)
    install_cdk(project, f"echo $$ > {started}; exec tail -f /dev/null")
    with local_run("--json", cwd=project, temporary=temporary) as run:
        cdk = int(started.read_text())
        assert list(temporary.iterdir())
        run.send_signal(number)
        output, messages = run.communicate()
    assert run.returncode == 128 + number
    result = json.loads(output)
    assert (result["status"], result["error"]) == ("NOT_STARTED", "Interrupted")
    assert result["cause"] == f"ended by {number.name}"
    assert messages.endswith(f"error: ended by {number.name}\n")
    assert list(temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(cdk, 0)


@pytest.mark.parametrize("told_of", ["SIGINT", "LocalRunError"])
def test_once_the_execution_may_have_started_a_failure_is_told_as_aborted(
    capsys: pytest.CaptureFixture[str], told_of: str
) -> None:
    from constructs_trainers.cli.local import _exit_codes
    from constructs_trainers.errors import LocalRunError, Problem

    died = LocalRunError("local run", [Problem(path="engine", message="ended")])
    error = SystemExit(128 + signal.SIGINT) if told_of == "SIGINT" else died

    def run() -> None:
        with _exit_codes(as_json=True) as told:
            told.failed_as = "ABORTED"
            raise error

    with pytest.raises(type(error)):
        run()
    result = json.loads(capsys.readouterr().out)
    assert (result["status"], result["requests"]) == ("ABORTED", [])
    assert result["error"] == ("Interrupted" if told_of == "SIGINT" else "LocalRunError")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", '{"a": NaN}'], "NaN is no JSON"),
        (["--input", "@deep.json"], "it is nested too deeply"),
        (["--input", "@pipe"], "pipe is no regular file"),
        (["--input", "@."], ". is no regular file"),
        (["--input", "@/dev/zero"], "/dev/zero is no regular file"),
        (["--timeout", "nan"], "nan is no number of seconds"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_cannot_be_run_is_misuse(
    project: Path, temporary: Path, arguments: list[str], message: str, *, as_json: bool
) -> None:
    (project / "deep.json").write_text("[" * 100_000)
    os.mkfifo(project / "pipe")
    arguments = [*arguments, "--json"] if as_json else arguments
    with local_run(*arguments, cwd=project, temporary=temporary) as run:
        output, told = run.communicate()
    if as_json:
        assert message in json.loads(output)["cause"]
    assert run.returncode == 2
    assert message in told
    assert "Traceback" not in told


def test_a_person_reads_the_failure_of_the_training_inside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from constructs_trainers.cli.local import _report
    from constructs_trainers.local.execution import RunResult

    child = {
        "ExecutionArn": "arn:child",
        "Status": "FAILED",
        "Error": "TrainingJobFailed",
        "Cause": "ClientError: bad data",
    }
    result = RunResult(
        status="FAILED",
        error="States.TaskFailed",
        cause=json.dumps(child),
        output=None,
        requests=(),
        execution_arn="arn:parent",
    )
    _report(result, as_json=False)
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [
        "Cause: TrainingJobFailed: ClientError: bad data",
        "Execution: arn:child",
    ]
