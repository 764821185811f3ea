"""The part of a document that is made from the code, between two marks."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class GeneratedPart:
    """A part of a document, and the tool that makes it.

    Attributes:
        document: The document.
        tool: The tool's file name, which the marks have.
        name: What the part is, which the marks have.
        make: Makes the part's text, which ends with a line break.
    """

    document: Path
    tool: str
    name: str
    make: Callable[[], str]

    @property
    def command(self) -> str:
        """What writes the part anew."""
        return f"python tools/{self.tool}"

    def written(self) -> str:
        """The document with the part as the code has it."""
        begin = f"<!-- {self.name}: begin; made by tools/{self.tool} -->\n"
        end = f"<!-- {self.name}: end -->"
        before, _, rest = self.document.read_text(encoding="utf-8").partition(begin)
        return f"{before}{begin}{self.make()}{end}{rest.partition(end)[2]}"

    def main(self) -> int:
        """Write the part, or check that it is the code's; 1 when it is not."""
        parser = argparse.ArgumentParser(description=f"Write the {self.name} of {self.document}.")
        parser.add_argument(
            "--check", action="store_true", help="write nothing, and say if it is stale"
        )
        if not parser.parse_args().check:
            self.document.write_text(self.written(), encoding="utf-8")
            return 0
        if self.document.read_text(encoding="utf-8") == self.written():
            return 0
        document = self.document.relative_to(ROOT)
        print(f"{document} is stale; write it anew with: {self.command}", file=sys.stderr)
        return 1
