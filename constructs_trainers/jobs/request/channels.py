"""The channels of a job: where its data is, under the names that the containers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.recipes.locked_models import is_nova_model
from constructs_trainers.values.s3 import is_dataset_arn

if TYPE_CHECKING:
    from collections.abc import Mapping

TRAIN = "train"
VALIDATION = "validation"
MODEL = "model"
RECIPE = "recipe"


def channel(name: str, data_source: Mapping[str, object], **members: object) -> dict[str, object]:
    """One entry of InputDataConfig."""
    return {"ChannelName": name, "DataSource": dict(data_source), **members}


def data_source(uri: str, s3_data_type: str) -> dict[str, object]:
    """The DataSource of a channel.

    Args:
        uri: An S3 URI, or the ARN of a hub's DataSet. What starts with a CDK token is taken as
            an S3 URI, because that is what almost all are; an ARN whose parts are tokens
            starts with a literal ``arn:``.
        s3_data_type: S3DataSource's S3DataType, such as ``S3Prefix``.

    Returns:
        ``{"S3DataSource": ...}`` or ``{"DatasetSource": ...}``.
    """
    if is_dataset_arn(uri):
        return {"DatasetSource": {"DatasetArn": uri}}
    return {
        "S3DataSource": {
            "S3DataType": s3_data_type,
            "S3Uri": uri,
            "S3DataDistributionType": "FullyReplicated",
        }
    }


def s3_data_type(model_name: str, technique: str) -> str:
    """How a trainer's data in S3 is laid out: S3DataSource's S3DataType.

    Args:
        model_name: The hub's name of the base model, such as ``nova-textgeneration-lite-v2``.
        technique: The customization technique.

    Returns:
        ``Converse`` for SFT and DPO of a Nova model, else ``S3Prefix``.
    """
    return "Converse" if is_nova_model(model_name) and technique in {"SFT", "DPO"} else "S3Prefix"
