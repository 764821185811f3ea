"""Finding the files an app is made of: recipes and the lock.

Paths are relative to the folder the app is run in, as everywhere in the CDK; when the file is not
there, to the project's root, which is the nearest folder with a ``cdk.json`` at or above the
current folder, else at or above the folder of the app's main script. So ``cdk`` from the root and
``python app.py`` from anywhere find the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path


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
