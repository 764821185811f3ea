"""The error of whoever asked, told from the failure of what was asked for."""

from __future__ import annotations

from constructs_trainers.errors import LocalRunError, Problem


class MisuseError(LocalRunError):
    """A run cannot begin as it was asked for: a wrong option, or something not installed."""

    def __init__(
        self,
        path: str,
        message: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> None:
        problem = Problem(path=path, message=message, got=got, allowed=allowed, fix=fix)
        super().__init__("local run", [problem])
