"""Writing a file as a whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from constructs_trainers.hub.hub_errors import hub_error

_NEW_FILE_MODE = 0o644


def write_atomically(file: Path, text: str) -> None:
    """Replace a file's content, or make the file.

    Whoever reads it at any time, even after a power failure, finds the old content or the new.

    Args:
        file: The file; a symbolic link stays one, and its target is replaced.
        text: The content.

    Raises:
        HubError: It cannot be written; then it is as it was.
    """
    target = file.resolve()
    try:
        _replace(target, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise hub_error(str(file), f"the lock file cannot be written: {reason}") from error


def _replace(target: Path, content: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _NEW_FILE_MODE
    # In the same folder: only within one file system is a rename atomic.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last. Not every file system can, and the content is safe anyway."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
