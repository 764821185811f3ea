"""Which lock file an app uses."""

from __future__ import annotations

import json

from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.lock_format import LOCK_FILE_NAME
from constructs_trainers.recipes.project_files import find_file, project_root, shown_path

LOCK_CONTEXT_KEY = "constructs-trainers:recipeLock"


def read_lock(path: str | None) -> RecipeLock:
    """Read the lock at a path, or else the one beside ``cdk.json``.

    Args:
        path: What the user gave, as a prop, in the context or as an option; None when nothing.

    Raises:
        LockError: The file is missing, unreadable, of an unknown version, or damaged.
    """
    if path is not None:
        return RecipeLock.read(find_file(path), shown_as=shown_path(path))
    root = project_root()
    file = find_file(LOCK_FILE_NAME) if root is None else root / LOCK_FILE_NAME
    return RecipeLock.read(file, shown_as=LOCK_FILE_NAME)


def lock_path_in_cdk_json() -> str | None:
    """The lock's path in the context of the project's ``cdk.json``, or None.

    For what runs outside of an app: inside, the context comes from the construct tree.
    """
    root = project_root()
    if root is None:
        return None
    try:
        context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
        path = context[LOCK_CONTEXT_KEY]
    except (OSError, ValueError, LookupError, TypeError):
        # The cdk CLI says what is wrong with the file; here it names no lock.
        return None
    return path if isinstance(path, str) else None
