from __future__ import annotations

from tools import state_diagram


def test_the_document_shows_the_machine_of_the_code() -> None:
    part = state_diagram.PART
    is_written = part.document.read_text(encoding="utf-8") == part.written()
    assert is_written, f"docs/reliability.md is stale; write it anew with: {part.command}"


def test_every_way_between_states_is_in_it() -> None:
    lines = [line.strip() for line in state_diagram.diagram().splitlines()]
    for line in (
        "[*] --> PrepareRequest",
        "IsInputValid --> InvalidExecutionInput: otherwise",
        "CreateTrainingJob --> DescribeExistingJob: ResourceInUse",
        "CreateTrainingJob --> IsThrottled: another error",
        "DescribeTrainingJob --> TrainingJobLost: an error",
        "TrainingJobFailed --> [*]",
    ):
        assert line in lines
    ways = [line for line in lines if "-->" in line]
    assert len(ways) == len(set(ways))
