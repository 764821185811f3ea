"""Finding the files an app is made of: recipes and the lock.

Paths are relative to the folder the app is run in, as everywhere in the CDK; when the file is not
there, to the project's root, which is the nearest folder with a ``cdk.json`` at or above the
current folder, else at or above the folder of the app's main script. So ``cdk`` from the root and
``python app.py`` from anywhere find the same files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from constructs_trainers.errors import LockError, Problem
from constructs_trainers.recipes.lock import LOCK_FILE_NAME, RecipeLock
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

LOCK_CONTEXT_KEY = "constructs-trainers:recipeLock"


def find_file(path: str) -> Path:
    """The file that a relative or absolute path means; it need not exist."""
    given = Path(path)
    if given.is_absolute() or _exists(given):
        return given
    root = project_root()
    return given if root is None or not _exists(root / given) else root / given


def shown_path(path: str) -> str:
    """A path as messages and templates show it: the same on every machine.

    A relative path stays as it was written. An absolute one is shown below the project's root,
    or by its name alone when it lies elsewhere.
    """
    given = Path(path)
    if not given.is_absolute():
        return given.as_posix()
    root = project_root()
    if root is not None and given.is_relative_to(root):
        return given.relative_to(root).as_posix()
    return given.name


def project_root() -> Path | None:
    """The folder that holds ``cdk.json``, or None when there is none to be found."""
    main_file = getattr(sys.modules.get("__main__"), "__file__", None)
    starts = [Path.cwd()] + ([Path(main_file).resolve().parent] if main_file else [])
    return next((root for root in map(root_above, starts) if root is not None), None)


def root_above(start: Path) -> Path | None:
    """The nearest folder with a ``cdk.json`` at or above another one; None when there is none."""
    folders = (start, *start.parents)
    return next((folder for folder in folders if (folder / "cdk.json").is_file()), None)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # no name that a file could have: reading it says what is wrong
        return False


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
