"""``constructs-trainers``: the command and what all its commands have in common."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from constructs_trainers.cli.hub import hub
from constructs_trainers.cli.local import local
from constructs_trainers.cli.output import complain, progress
from constructs_trainers.cli.recipe import recipe
from constructs_trainers.cli.streams import OutputError, give_up, prepare_streams
from constructs_trainers.errors import ConstructsTrainersError

_FAILURE = 1
_MISUSE = 2


class _Commands(click.Group):
    """Says what went wrong in ``error:`` lines, and never with a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - as click declares it
        """Run a command and end the process.

        Exits with 0 for yes, 1 for a finding, a failed run or an output that cannot be written, 2
        for misuse. Nobody reading the output on is told by the exit code alone.
        """
        kwargs["standalone_mode"] = False
        try:
            # Without standalone mode click hands back the code that a command exits with.
            prepare_streams()
            code = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            progress(error.format_message())
            sys.exit(_MISUSE)
        except click.ClickException as error:
            complain(error.format_message())
            sys.exit(_MISUSE)
        except ConstructsTrainersError as error:
            complain(str(error))
            sys.exit(_FAILURE)
        except OutputError as error:
            complain(f"standard output: {error}")
            give_up(sys.stdout)
            sys.exit(_FAILURE)
        except click.Abort:
            sys.exit(_FAILURE)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="constructs-trainers")
def main() -> None:
    """SageMaker fine-tuning trainers as AWS CDK constructs."""


main.add_command(hub)
main.add_command(local)
main.add_command(recipe)
