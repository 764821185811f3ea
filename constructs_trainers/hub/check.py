"""Whether the hub still says what a lock file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.hub.differences import differences, gone
from constructs_trainers.hub.hub_errors import NotInAwsError
from constructs_trainers.hub.pull import ask_hub, fetch_recipes

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.differences import Difference
    from constructs_trainers.hub.model_content import ModelContent


def check_model(
    aws: AwsLookups, locked: ModelContent, progress: Callable[[str], None]
) -> list[Difference]:
    """Ask the hub again for a model that a lock file holds.

    The hub of the lock file is asked, for the techniques of the lock file.

    Args:
        aws: Asks the model's region.
        locked: What the lock file holds.
        progress: Told of every recipe.

    Raises:
        HubError: The hub could not be asked, or what it says cannot be used.
    """
    try:
        document = ask_hub(aws, locked.model, str(locked.entry["HubName"]))
    except NotInAwsError:
        return [gone(locked)]
    now = fetch_recipes(aws, document, locked.techniques, progress)
    return differences(locked, now)
