"""Looking models up in ``recipes.lock.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import did_you_mean
from constructs_trainers.recipes.lock_format import lock_error, read_models
from constructs_trainers.values.short_repr import short_repr, short_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as FilePath

    from constructs_trainers.recipes.locked_models import LockedModel

# amazon.nova-...: the names that Bedrock users know, as the SageMaker Python SDK maps them.
MODEL_ALIASES = {
    "amazon.nova-2-lite-v1": "nova-textgeneration-lite-v2",
    "amazon.nova-lite-v1": "nova-textgeneration-lite",
    "amazon.nova-pro-v1": "nova-textgeneration-pro",
    "amazon.nova-micro-v1": "nova-textgeneration-micro",
}


class RecipeLock:
    """The content of one lock file."""

    def __init__(self, models: Mapping[str, Mapping[str, LockedModel]], *, shown_as: str) -> None:
        self._models = models
        self._shown_as = shown_as

    @classmethod
    def read(cls, file: FilePath, *, shown_as: str | None = None) -> RecipeLock:
        """Read a lock file.

        Args:
            file: The file.
            shown_as: How messages name it. Default: as ``file`` reads.

        Raises:
            LockError: The file is missing, unreadable, of an unknown version, or damaged.
        """
        shown = short_text(shown_as or str(file))
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            fix = "constructs-trainers hub pull --model MODEL --region REGION"
            raise lock_error(shown, shown, "lock file not found", fix=fix) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise lock_error(shown, shown, f"lock file cannot be read: {reason}") from None
        return cls.parse(text, shown_as=shown)

    @classmethod
    def parse(cls, text: str, *, shown_as: str) -> RecipeLock:
        """Parse the text of a lock file; see :meth:`read`."""
        return cls(read_models(text, shown_as=shown_as), shown_as=shown_as)

    @property
    def model_names(self) -> tuple[str, ...]:
        """The hub content names of all models in the lock, sorted."""
        return tuple(sorted({name for models in self._models.values() for name in models}))

    def model(self, name: str, region: str | None) -> LockedModel:
        """What the lock holds for a model.

        Args:
            name: Hub content name or one of :data:`MODEL_ALIASES`.
            region: The region, or None for a stack whose region is not known at synth: then all
                regions of the lock that have the model must hold the same content.

        Raises:
            LockError: The model or the region is not in the lock, or regions differ.
        """
        known_as = MODEL_ALIASES.get(name, name)
        by_region = {r: m[known_as] for r, m in self._models.items() if known_as in m}
        if not by_region:
            names = self.model_names
            fix = _pull(known_as, region)
            near = did_you_mean(known_as, names)
            raise lock_error(
                self._shown_as,
                "model",
                "the model is not in the lock file",
                got=short_repr(name),
                allowed=", ".join(names) or None,
                fix=f"{near} Otherwise: {fix}" if near else fix,
            )
        if region is None:
            return self._common(known_as, by_region)
        if region not in by_region:
            raise lock_error(
                self._shown_as,
                "model",
                f"the lock file does not hold '{known_as}' for this region",
                got=region,
                allowed=", ".join(sorted(by_region)),
                fix=_pull(known_as, region),
            )
        return by_region[region]

    def _common(self, name: str, by_region: Mapping[str, LockedModel]) -> LockedModel:
        first, *others = (by_region[region] for region in sorted(by_region))
        differing = [other.region for other in others if not first.same_content(other)]
        if differing:
            raise lock_error(
                self._shown_as,
                "model",
                f"regions hold different content for '{name}', and the stack's region is unknown",
                got=f"{first.region} differs from {', '.join(differing)}",
                fix="give the stack a region: env=Environment(region=...)",
            )
        return first


def _pull(model: str, region: str | None) -> str:
    return f"constructs-trainers hub pull --model {short_text(model)} --region {region or 'REGION'}"
