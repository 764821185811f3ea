"""The engine's own process: ministack with SageMaker plugged in.

Started as ``python -m constructs_trainers.local.engine_process SOCKET WORKDIR [HUB_CONTENTS]``
with a listening socket as an inherited file descriptor. It ends when its standard input does,
that is, when whoever started it is gone for whatever reason; unless it was told there to stay: then
a signal ends it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_trainers.local.processes import STAY

if TYPE_CHECKING:
    from types import FrameType


def main(arguments: list[str]) -> None:
    """Serve until standard input ends, or a signal asks for the end.

    Args:
        arguments: The listening socket's file descriptor, the folder that is removed at the end
            when nobody else is left to do it, and the file of hub contents, if any.
    """
    descriptor, workdir, *hub_contents = arguments

    def end(_number: int, _frame: FrameType | None) -> None:
        _end(workdir)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    threading.Thread(target=_end_with_parent, args=(workdir,), daemon=True).start()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from constructs_trainers.local import engine, hooks
    from constructs_trainers.local.hubs import HubContents
    from constructs_trainers.local.service import SageMaker

    contents = HubContents(Path(hub_contents[0]) if hub_contents else None)
    sagemaker = SageMaker(contents)
    hooks.add_sagemaker(sagemaker)
    hooks.replace_functions()
    hooks.add_json_service(engine.SERVICE, engine.TARGET_PREFIX, partial(engine.answer, sagemaker))
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    # With a trigger of ours, hypercorn leaves the signals alone.
    asyncio.run(serve(hooks.ASGI_APP, config, shutdown_trigger=_never))


async def _never() -> None:
    await asyncio.Event().wait()


def _end_with_parent(workdir: str) -> None:
    if sys.stdin.buffer.readline() != STAY:
        _end(workdir)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)


def _end(workdir: str) -> None:
    shutil.rmtree(workdir, ignore_errors=True)
    # The process leads a group of its own: this ends its helpers with it.
    os.killpg(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
