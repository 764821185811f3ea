"""``python -m tests.simulation.recordings FILE``: executions for another interpreter to replay."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tests.simulation.definitions import Trainer, trainers
from tests.simulation.interpreter import MOST_EVENTS
from tests.simulation.schedule import Faults, Schedule
from tests.simulation.values import Json, Values
from tests.simulation.world import World, simulate

# The longest take another interpreter a second each, and show it nothing new.
_MOST_CALLS = 400


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--recordings", default=200, show_default=True, help="How many, of all trainers.")
@click.option("--seed", default=1, show_default=True)
def main(file: Path, recordings: int, seed: int) -> None:
    """Write executions that ended by themselves, with all that they asked and were told."""
    values, found = Values(), []
    chosen = trainers()
    for trainer in chosen.values():
        found += recorded(trainer, -(-recordings // len(chosen)), seed, values)
    definitions = {name: trainer.machine.definition for name, trainer in chosen.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    written = json.dumps({"definitions": definitions, "recordings": found})
    file.write_text(written, encoding="utf-8")


def recorded(trainer: Trainer, recordings: int, seed: int, values: Values) -> list[Json]:
    """Executions of a trainer, each of another schedule."""
    found: list[Json] = []
    schedule = 0
    while len(found) < recordings:
        name = f"{seed}/{trainer.name}/{schedule}"
        world = simulate(trainer, Schedule([], Faults(name)), values)
        schedule += 1
        if _can_be_replayed(world):
            found.append(_recording(name, trainer, world))
    return found


def _can_be_replayed(world: World) -> bool:
    run = world.run
    is_own = run.redrives == 0 and run.status in {"SUCCEEDED", "FAILED"}
    return is_own and len(run.calls) <= _MOST_CALLS and run.execution.events <= MOST_EVENTS


def _recording(name: str, trainer: Trainer, world: World) -> Json:
    run = world.run
    return {
        "name": name,
        "definition": trainer.name,
        "calls": run.calls,
        "status": run.status,
        "error": None if run.error is None else run.error.error,
        "cause": None if run.error is None else run.error.cause,
        "output": run.output,
        "given": run.input,
        "execution": {"RedriveCount": 0, **run.execution.context["Execution"]},
    }


if __name__ == "__main__":
    main()
