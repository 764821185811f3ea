"""``python -m tests.simulation``: a campaign; it ends with 1 when something is wrong or missed."""

from __future__ import annotations

import secrets
import sys
import time

import click

from tests.simulation.campaign import Campaign, Subject
from tests.simulation.definitions import trainers
from tests.simulation.workflows import workflows

_SLICE = 250
_SUBJECTS: dict[str, Subject] = {**trainers(), **workflows()}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--schedules",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    help="How many, of all of them.",
)
@click.option("--seed", type=int, help="The same seed gives the same schedules. Default: a new one")
@click.option(
    "--of",
    "names",
    type=click.Choice(list(_SUBJECTS)),
    multiple=True,
    help="Only this trainer or workflow; may be given again.",
)
def main(schedules: int, seed: int | None, names: tuple[str, ...]) -> None:
    """Run the definitions of trainers and of workflows that run them under schedules of faults."""
    seed = secrets.randbelow(10**9) if seed is None else seed
    chosen = [subject for name, subject in _SUBJECTS.items() if not names or name in names]
    campaign = Campaign(chosen, seed)
    started = time.perf_counter()
    each = -(-schedules // len(chosen))
    while (done := campaign.found[0].schedules) < each:
        campaign.run(min(_SLICE, each - done))
        pace = campaign.schedules / (time.perf_counter() - started)
        reached, places = campaign.places
        told = f"{campaign.schedules} schedules, {pace:.0f}/s, {campaign.violations} violations"
        click.echo(f"{told}, {reached} of {places} covered", err=True)
    for line in campaign.report():
        click.echo(line)
    reached, places = campaign.places
    click.echo(
        f"simulate: {campaign.schedules} schedules, {campaign.violations} violations, "
        f"{reached} of {places} covered, seed {seed}"
    )
    sys.exit(0 if not campaign.violations and reached == places else 1)


if __name__ == "__main__":
    main()
