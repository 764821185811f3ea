"""A template that is the same whenever and wherever it is made."""

from __future__ import annotations

from constructs_trainers import testing

HASH = "0123456789abcdef" * 4


def test_assets_and_accounts_are_masked() -> None:
    template = {
        "Resources": {
            "A": {
                "Type": "X",
                "Metadata": {"aws:asset:path": f"asset.{HASH}"},
                "Properties": {
                    "S3Key": f"{HASH}.zip",
                    "Image": f"123456789012.dkr.ecr.us-west-2.amazonaws.com/assets:{HASH}",
                    "Arn": "arn:aws:iam::123456789012:role/r",
                },
            }
        }
    }
    assert testing.normalised(template)["Resources"]["A"] == {
        "Type": "X",
        "Metadata": {"aws:asset:path": "asset.ASSET-HASH"},
        "Properties": {
            "S3Key": "ASSET-HASH.zip",
            "Image": "ACCOUNT.dkr.ecr.us-west-2.amazonaws.com/assets:ASSET-HASH",
            "Arn": "arn:aws:iam::ACCOUNT:role/r",
        },
    }


def test_a_recipe_digest_stays_readable() -> None:
    assert testing.normalised({"Metadata": {"RecipeDigest": HASH}}) == {
        "Metadata": {"RecipeDigest": HASH}
    }


def test_what_depends_on_how_the_cdk_was_called_is_left_out() -> None:
    template = {
        "Parameters": {"BootstrapVersion": {}, "Mine": {"Type": "String"}},
        "Rules": {"CheckBootstrapVersion": {}},
        "Resources": {"CDKMetadata": {}, "A": {"Type": "X"}},
    }
    assert testing.normalised(template) == {
        "Parameters": {"Mine": {"Type": "String"}},
        "Resources": {"A": {"Type": "X"}},
    }
