"""The file in S3 that a large sweep goes over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.values.s3 import s3_key_problems, s3_location, split_uri_problems
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket

# Developer guide, "ItemReader (Map)": InputType.
_INPUT_TYPES: Final = {".jsonl": "JSONL", ".json": "JSON"}
_FORM: Final = "s3://BUCKET/KEY"
_ALLOWED: Final = "the S3 URI of a file whose name ends with .jsonl or .json"


@dataclass(frozen=True, kw_only=True)
class SweepManifest:
    """A file in S3 with the inputs of a sweep's runs, which is read when the sweep begins.

    Each line of a ``.jsonl`` file, or each item of the array in a ``.json`` file, is the input of
    an execution, such as ``{"TrainingDataset": "s3://...", "HyperParameters": {"max_epochs": 2}}``.

    Attributes:
        s3_uri: The file's S3 URI. Exclusive with ``bucket``.
        bucket: The file's bucket, with ``key``.
        key: The file's key in ``bucket``.
        results_s3_path: S3 URI of the folder, in the same bucket or another one, to which the
            outputs of the runs are written. Default: beside the file, in a folder of its name
            with ``-results`` in place of the extension.
    """

    s3_uri: str | None = None
    bucket: IBucket | None = None
    key: str | None = None
    results_s3_path: str | None = None

    @property
    def location(self) -> tuple[str, str]:
        """The file's bucket and key."""
        if self.bucket is not None:
            return self.bucket.bucket_name, self.key or ""
        return s3_location(self.s3_uri or "")

    @property
    def input_type(self) -> str:
        """Step Functions' word for the file's form."""
        key = self.location[1]
        return next(kind for end, kind in _INPUT_TYPES.items() if key.endswith(end))

    @property
    def results(self) -> tuple[str, str]:
        """Bucket and key prefix, without a slash at its end, of what is written."""
        bucket, key = self.location
        if self.results_s3_path is None:
            return bucket, f"{key.rpartition('.')[0]}-results"
        bucket, prefix = s3_location(self.results_s3_path)
        return bucket, prefix.rstrip("/")

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the members.

        Args:
            path: Where the manifest was given.
        """
        found = self._place_problems(path)
        if found:
            return found
        if self.results_s3_path is not None:
            found = split_uri_problems(f"{path}.results_s3_path", self.results_s3_path, _FORM)
        key = self.location[1]
        if not key.endswith(tuple(_INPUT_TYPES)):
            where = f"{path}.{'key' if self.bucket is not None else 's3_uri'}"
            message = "does not tell the form of the file"
            got = short_repr(self.key if self.bucket is not None else self.s3_uri)
            found.append(Problem(path=where, message=message, got=got, allowed=_ALLOWED))
        return found

    def _place_problems(self, path: str) -> list[Problem]:
        if self.s3_uri is None:
            given = (self.bucket is not None, self.key is not None)
            if self.key is not None and all(given):
                return s3_key_problems(f"{path}.key", self.key)
            fix = "give s3_uri, or bucket and key"
            return [Problem(path=path, message="does not say where the file is", fix=fix)]
        found = [
            exclusive(f"{path}.{name}", "s3_uri")
            for name in ("bucket", "key")
            if getattr(self, name) is not None
        ]
        return found or split_uri_problems(f"{path}.s3_uri", self.s3_uri, _FORM)
