from __future__ import annotations

import signal

import pytest

from constructs_trainers.local.processes import deferred_signals, ended_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_as_an_error_does(number: signal.Signals) -> None:
    said: list[str] = []
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended, ended_by_signals(said.append):
        signal.raise_signal(number)
    assert ended.value.code == 128 + number
    assert said == [f"ended by {number.name}"]
    assert signal.getsignal(number) == before


def test_a_second_signal_does_not_cut_the_cleaning_up_short() -> None:
    cleaned_up: list[bool] = []

    def run() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            cleaned_up.append(True)

    with pytest.raises(SystemExit), ended_by_signals(lambda _: None):
        run()
    assert cleaned_up


def test_a_deferred_signal_comes_when_the_block_is_done() -> None:
    steps: list[str] = []

    def run() -> None:
        with deferred_signals():
            signal.raise_signal(signal.SIGTERM)
            steps.append("block done")
        steps.append("signal lost")

    with pytest.raises(SystemExit), ended_by_signals(lambda _: None):
        run()
    assert steps == ["block done"]
