"""``python -m tests.fuzz``: wrong props and inputs; it ends with 1 when one is taken wrongly."""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

import aws_cdk as cdk
import click

from tests.fuzz import wrong_inputs, wrong_props
from tests.support.reference_jsonata import ReferenceJsonata
from tests.support.trainers import TrainerMaker

_TOLD_EVERY = 500
_PROPS_SHARE = 0.6


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--cases", type=click.IntRange(min=2), default=2_000, show_default=True)
@click.option("--seed", type=int, help="The same seed gives the same cases. Default: a new one")
def main(cases: int, seed: int | None) -> None:
    """Give trainers and pipelines wrong props, and executions wrong inputs."""
    seed = secrets.randbelow(10**9) if seed is None else seed
    ends: Counter[str] = Counter()
    wrong: dict[str, str] = {}

    def count(what: str, verdict: wrong_props.Verdict) -> None:
        ends["refused" if verdict.is_refused else "taken"] += 1
        for text in verdict.wrong:
            ends["wrong"] += 1
            wrong.setdefault(text, what)
        if sum(ends.values()) % _TOLD_EVERY == 0:
            click.echo(", ".join(f"{n} {end}" for end, n in ends.items()), err=True)

    with tempfile.TemporaryDirectory() as name, ReferenceJsonata() as reference:
        folder = Path(name)
        of_props = int(cases * _PROPS_SHARE)
        for index in range(of_props):
            count(f"props {seed}/{index}", wrong_props.judge(f"{seed}/{index}", folder))
        # With the CDK's flags, as without them the partition is a token.
        flags = json.loads(Path("cdk.json").read_text(encoding="utf-8"))["context"]
        env = cdk.Environment(account="123456789012", region="us-west-2")
        stack = cdk.Stack(cdk.App(context=flags), "Stack", env=env)
        machine = wrong_inputs.guarded(stack, TrainerMaker(stack, folder))
        for index in range(cases - of_props):
            verdict = wrong_inputs.judge(f"{seed}/{index}", machine, reference)
            count(f"input {seed}/{index}", verdict)
    for text, what in wrong.items():
        click.echo(f"{what}: {text}")
    told = ", ".join(f"{ends[end]} {end}" for end in ("refused", "taken", "wrong"))
    click.echo(f"fuzz: {cases} cases, {told}, seed {seed}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
