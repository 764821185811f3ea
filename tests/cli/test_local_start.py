"""``constructs-trainers local start``, ``env``, ``status`` and ``stop`` as a shell meets them."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from constructs_trainers.local.engine import MARK, Engine, check_health
from tests.support.standing_engines import Site, site_in

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_in(tmp_path) as found:
        yield found


def killed(site: Site) -> None:
    """The project's engine is killed, and is gone."""
    engine = os.pidfd_open(site.state["pid"])
    try:
        signal.pidfd_send_signal(engine, signal.SIGKILL)
        gone(engine)
    finally:
        os.close(engine)


def gone(engine: int) -> None:
    """A process that is not ours to wait for has ended."""
    ended, _, _ = select.select([engine], [], [], 30)
    assert ended


def test_the_engine_stays_when_the_command_has_ended(site: Site) -> None:
    output, told = site.local("start")
    assert all(line.startswith("export ") for line in output.splitlines())
    state = site.state
    assert f"export AWS_ENDPOINT_URL={state['endpoint_url']}" in output.splitlines()
    assert "Engine at" in told
    check_health(state["endpoint_url"], timeout=30)
    # Out of reach of the shell's Ctrl-C and of the terminal's end.
    assert os.getsid(state["pid"]) == os.getpgid(state["pid"]) == state["pid"]
    descriptors = Path(f"/proc/{state['pid']}/fd")
    assert (descriptors / "0").readlink() == Path(os.devnull)
    log = Path(state["workdir"]) / "engine.log"
    assert {(descriptors / number).readlink() for number in "12"} == {log}
    # One that the engine closes meanwhile leads nowhere.
    others = {Path(os.path.realpath(entry)).name for entry in descriptors.iterdir()}
    assert not [name for name in others if name.startswith("pipe:") or name == "lock"]


def test_the_state_is_for_this_user_and_not_for_git(site: Site) -> None:
    site.local("start")
    assert stat.S_IMODE(site.state_file.stat().st_mode) == 0o600
    assert (site.state_file.parent / ".gitignore").read_text() == "*\n"
    assert site.folder not in Path(site.state["workdir"]).parents


def test_a_second_start_prints_the_same(site: Site) -> None:
    first, _ = site.local("start", "--json")
    engine = json.loads(first)
    assert set(engine) == {"endpoint_url", "pid", "environment"}
    assert engine["environment"]["AWS_ENDPOINT_URL"] == engine["endpoint_url"]
    below = site.folder / "below"
    below.mkdir()
    assert site.local("start", "--json", cwd=below)[0] == first
    # Also in a shell that has the environment already.
    assert site.local("start", "--json", shell=engine["environment"])[0] == first


def test_two_starts_at_once_are_one_engine(site: Site) -> None:
    commands = [site.begin("start", "--json") for _ in range(2)]
    outputs = [command.communicate()[0] for command in commands]
    assert [command.returncode for command in commands] == [0, 0]
    assert outputs[0] == outputs[1]
    assert len(list(site.temporary.glob("constructs-trainers-*"))) == 1


def test_a_dead_engine_is_replaced_with_its_folder(site: Site) -> None:
    site.local("start")
    dead = site.state
    killed(site)
    site.local("start")
    assert site.state["pid"] != dead["pid"]
    assert not Path(dead["workdir"]).exists()
    check_health(site.state["endpoint_url"], timeout=30)


def test_a_process_that_got_a_dead_engines_id_is_left_alone(site: Site) -> None:
    site.local("start")
    dead = site.state
    killed(site)
    # Ended, if the id alone counted, would be this test.
    site.state_file.write_text(json.dumps({**dead, "pid": os.getpid()}))
    assert "No engine runs" in site.local("stop")[1]
    assert not Path(dead["workdir"]).exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "\0" * 99, None])
def test_a_damaged_state_is_no_engine(site: Site, content: str | None) -> None:
    site.state_file.parent.mkdir()
    if content is None:
        os.mkfifo(site.state_file)
    else:
        site.state_file.write_text(content)
    site.local("start")
    check_health(site.state["endpoint_url"], timeout=30)


def test_a_state_that_cannot_be_kept_is_an_error_and_leaves_no_engine(site: Site) -> None:
    site.state_file.parent.write_text("in the way")
    output, told = site.local("start", "--json", code=1)
    error = json.loads(output)
    assert error["error"] == "LocalRunError"
    for part in (".constructs-trainers", "got:", "allowed:", "fix:"):
        assert part in error["message"]
        assert part in told
    assert site.local("start", code=1)[0] == ""
    site.state_file.parent.unlink()
    # Found when the engine runs already.
    site.state_file.mkdir(parents=True)
    assert "engine.json" in site.local("start", code=1)[1]
    assert list(site.temporary.iterdir()) == []
    site.state_file.rmdir()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(site: Site) -> None:
    site.folder.chmod(0o500)
    try:
        assert "Permission denied" in site.local("start", code=1)[1]
    finally:
        site.folder.chmod(0o700)


@pytest.mark.parametrize("as_json", [False, True])
def test_without_an_app_there_is_nothing_to_start_for(site: Site, *, as_json: bool) -> None:
    (site.folder / "cdk.json").unlink()
    output, told = site.local("start", *["--json"] * as_json, code=2)
    assert told.startswith("error: local start: ")
    assert "cdk.json" in told
    assert (json.loads(output)["error"] if as_json else output) == (
        "MisuseError" if as_json else ""
    )
    assert list(site.folder.iterdir()) == []


def test_a_second_stop_finds_nothing_to_do(site: Site) -> None:
    site.local("start")
    state = site.state
    assert site.local("stop") == (
        "",
        f"Stopped the engine at {state['endpoint_url']} (process {state['pid']})\n",
    )
    assert not site.state_file.exists()
    assert not Path(state["workdir"]).exists()
    with pytest.raises(OSError, match="refused"):
        check_health(state["endpoint_url"], timeout=30)
    assert site.local("stop") == ("", "No engine runs for the app in this folder\n")


def test_a_script_is_told_what_was_stopped(site: Site) -> None:
    site.local("start")
    state = site.state
    below = site.folder / "below"
    below.mkdir()
    assert json.loads(site.local("stop", "--json", cwd=below)[0]) == {
        "stopped": {
            "app_folder": str(site.folder),
            "pid": state["pid"],
            "endpoint_url": state["endpoint_url"],
        }
    }
    output, told = site.local("stop", "--json")
    assert json.loads(output) == {"stopped": None}
    assert told == "No engine runs for the app in this folder\n"


def test_stop_where_there_is_no_app_tells_of_the_engines_that_run(site: Site) -> None:
    elsewhere = site.folder.parent / "else where"
    elsewhere.mkdir()
    site.local("start")
    output, told = site.local("stop", cwd=elsewhere)
    assert output == ""
    assert told.startswith(f"There is no app here: no cdk.json at or above {elsewhere}\n")
    assert site.state["endpoint_url"] in told
    assert f"    cd {site.folder} && constructs-trainers local stop\n" in told
    # Where the folder does not know of it any more.
    pid = site.state["pid"]
    renamed = site.folder.rename(elsewhere / "moved")
    assert f"    kill {pid}\n" in site.local("stop", cwd=elsewhere)[1]
    renamed.rename(site.folder)
    assert json.loads(site.local("stop", "--json", cwd=elsewhere)[0]) == {"stopped": None}
    check_health(site.state["endpoint_url"], timeout=30)
    assert list(elsewhere.iterdir()) == []


def test_the_engine_that_runs_is_listed_until_it_ends(site: Site) -> None:
    def listed() -> list[dict[str, object]]:
        engines = json.loads(site.local("status", "--json")[0])["engines"]
        # Others may run on this machine.
        return [engine for engine in engines if engine["app_folder"] == str(site.folder)]

    assert listed() == []
    site.local("start")
    state = site.state
    (engine,) = listed()
    since = datetime.fromisoformat(str(engine.pop("since")))
    assert timedelta(0) <= datetime.now(UTC) - since < timedelta(minutes=5)
    assert engine == {
        "app_folder": str(site.folder),
        "pid": state["pid"],
        "endpoint_url": state["endpoint_url"],
    }
    (line,) = (
        line for line in site.local("status")[0].splitlines() if line.startswith(f"{site.folder}: ")
    )
    assert f"{state['endpoint_url']} (process {state['pid']}) since " in line
    # An engine of a run is none that stays.
    with Engine() as other:
        assert other.pid not in {
            each["pid"] for each in json.loads(site.local("status", "--json")[0])["engines"]
        }
    killed(site)
    assert listed() == []


def test_the_environment_of_an_engine_that_runs_is_printed_and_none_is_started(site: Site) -> None:
    output, told = site.local("env", "--json", code=1)
    assert json.loads(output)["error"] == "LocalRunError"
    assert "constructs-trainers local start" in told
    assert site.local("env", code=1)[0] == ""
    assert [path.name for path in site.folder.iterdir()] == ["cdk.json"]
    started, _ = site.local("start")
    assert site.local("env") == (started, "")
    assert site.local("env", "--json")[0] == site.local("start", "--json")[0]
    killed(site)
    assert site.local("env", code=1)[0] == ""
    (site.folder / "cdk.json").rename(site.folder / "kept")
    assert "cdk.json" in site.local("env", code=2)[1]
    (site.folder / "kept").rename(site.folder / "cdk.json")


def test_the_help_leads_to_no_shell_that_goes_on_after_a_failure(site: Site) -> None:
    for command in ("start", "env"):
        told = site.local(command, "--help")[0]
        assert 'eval "$(' not in told
        assert (
            f'environment=$(constructs-trainers local {command}) && eval "$environment"\n' in told
        )


def test_stop_where_none_was_ever_started_writes_nothing(site: Site) -> None:
    site.local("stop")
    assert [path.name for path in site.folder.iterdir()] == ["cdk.json"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_start_that_is_interrupted_leaves_nothing(site: Site, number: signal.Signals) -> None:
    with site.begin("start", "--json") as start:
        assert start.stderr is not None
        assert start.stderr.readline() == "Starting the engine\n"
        start.send_signal(number)
        output, _ = start.communicate()
    assert start.returncode == 128 + number
    assert json.loads(output)["error"] == "Interrupted"
    assert not site.state_file.exists()
    assert list(site.temporary.iterdir()) == []


def test_stop_removes_no_folder_that_a_file_from_elsewhere_names(site: Site) -> None:
    # Named as an engine's by chance.
    other = site.folder / "constructs-trainers-examples"
    other.mkdir()
    (other / "app.py").touch()
    site.state_file.parent.mkdir()
    state = {"endpoint_url": "http://127.0.0.1:4566", "pid": 4711, "workdir": str(other)}
    site.state_file.write_text(json.dumps(state))
    site.local("stop")
    assert (other / "app.py").exists()


def test_stop_ends_what_the_engine_started_also_out_of_its_group(site: Site) -> None:
    site.local("start")
    helper = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        env={**os.environ, MARK: site.state["workdir"]},
        start_new_session=True,
    )
    with helper:
        site.local("stop")
        process = os.pidfd_open(helper.pid)
        try:
            gone(process)
        finally:
            os.close(process)
    assert helper.returncode == -signal.SIGKILL


def test_stop_ends_an_engine_that_hangs(site: Site) -> None:
    site.local("start")
    os.kill(site.state["pid"], signal.SIGSTOP)
    assert "Stopped" in site.local("stop")[1]


def test_an_engine_that_is_asked_by_a_signal_takes_its_folder_with_it(site: Site) -> None:
    site.local("start")
    state = site.state
    engine = os.pidfd_open(state["pid"])
    try:
        signal.pidfd_send_signal(engine, signal.SIGTERM)
        gone(engine)
    finally:
        os.close(engine)
    assert not Path(state["workdir"]).exists()
