from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.values.expressions import Expression


def test_jsonata_stands_between_no_marks() -> None:
    assert Expression("$states.input.uri").code == "$states.input.uri"
    for code in ("{% $states.input.uri %}", "", " ", "{% $x"):
        with pytest.raises(ValueError, match="expected JSONata without"):
            Expression(code)


def test_what_is_no_text_is_refused() -> None:
    code: Any = 5
    with pytest.raises(TypeError, match="expected JSONata as text; got 5"):
        Expression(code)
