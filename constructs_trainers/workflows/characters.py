"""Sets of characters, as they stand between brackets in JSONata's regular expressions.

One by one: engines differ in what they count as a space, and as the end of a line.
"""

from __future__ import annotations

from typing import Final

SPACES: Final = r"\t\x0b\x0c\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Python strips from a text, but for line feeds and carriage returns."""

LINE_ENDS: Final = r"\r\n\x85\u2028\u2029"
"""What ends a line in Java, and so what the dots of the API's patterns do not stand for."""

CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Control characters, and what else ends a line."""
