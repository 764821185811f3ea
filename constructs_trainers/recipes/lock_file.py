"""Which lock file an app uses."""

from __future__ import annotations

import json
from pathlib import Path

from constructs_trainers.errors import LockError, Problem
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.lock_format import LOCK_FILE_NAME
from constructs_trainers.recipes.project_files import (
    find_file,
    project_root,
    root_above,
    shown_path,
)
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

LOCK_CONTEXT_KEY = "constructs-trainers:recipeLock"


def read_lock(path: object, *, given_by: str = "recipe_lock") -> RecipeLock:
    """Read the lock at a path, or else the one beside ``cdk.json``.

    Args:
        path: What the user gave, as a prop, in the context or as an option; None when nothing.
        given_by: What messages call it.

    Raises:
        LockError: The file is missing, unreadable, of an unknown version, or damaged.
    """
    if path is not None:
        if not isinstance(path, str) or not path or is_token(path):
            raise _no_path(path, given_by)
        return RecipeLock.read(find_file(path), shown_as=shown_path(path))
    root = project_root()
    file = find_file(LOCK_FILE_NAME) if root is None else root / LOCK_FILE_NAME
    return RecipeLock.read(file, shown_as=LOCK_FILE_NAME)


def _no_path(path: object, given_by: str) -> LockError:
    message = "must be known when the app is synthesized" if is_token(path) else "is no path"
    allowed = f"a path, such as {LOCK_FILE_NAME}"
    problem = Problem(path=given_by, message=message, got=short_repr(path), allowed=allowed)
    return LockError(given_by, [problem])


def lock_to_write() -> Path:
    """The lock file of the app in the current folder, whether it is there already or not.

    The one that the app, and ``recipe`` commands, read. The folder that the command itself is
    installed in does not count: nothing is written to an app that is not here.
    """
    here = Path.cwd()
    root = root_above(here)
    if root is None:
        return Path(LOCK_FILE_NAME)
    named = _path_in_context(root)
    # Shown as people would write it, which from the root is the bare path.
    is_here = root == here or (named is not None and Path(named).is_file())
    return Path(named or LOCK_FILE_NAME) if is_here else root / (named or LOCK_FILE_NAME)


def lock_path_in_cdk_json() -> str | None:
    """The lock's path in the context of the project's ``cdk.json``, or None.

    For what runs outside of an app: inside, the context comes from the construct tree.
    """
    root = project_root()
    return None if root is None else _path_in_context(root)


def _path_in_context(root: Path) -> str | None:
    try:
        context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
        path = context[LOCK_CONTEXT_KEY]
    except (OSError, ValueError, LookupError, TypeError):
        # The cdk CLI says what is wrong with the file; here it names no lock.
        return None
    return path if isinstance(path, str) else None
