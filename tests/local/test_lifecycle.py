"""Stacks that are deployed for the first time, changed, rolled back, destroyed, deployed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers.errors import ConstructsTrainersError
from tests.support.deployed_site import Site, deployed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine


def groups(site: Site) -> list[str]:
    found = site.lab.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    return sorted(group["ModelPackageGroupName"] for group in found)


def test_deploy_destroy_and_deploy_again(tmp_path: Path) -> None:
    with deployed(tmp_path, {"Sft": {}}) as site:
        site.deploy({"Sft": {}})
        (kept,) = groups(site)
        assert site.destroy() == 0
        assert groups(site) == [kept]
        with pytest.raises(ConstructsTrainersError, match=f"already exists: {kept}"):
            site.deploy({"Sft": {}})
        site.deploy({"Sft": {"given_group": kept}})
        assert groups(site) == [kept]
        assert site.destroy() == 0
        # A creation that fails for another reason leaves nothing that the next one meets.
        with pytest.raises(ConstructsTrainersError, match="already exists"):
            site.deploy({"New": {}, "Taken": {"group": kept}})
        assert groups(site) == [kept]
        site.deploy({"New": {}})
        assert len(groups(site)) == 2


def test_a_changed_recipe_on_own_instances(tmp_path: Path) -> None:
    with deployed(tmp_path, {"Sft": {"learning_rate": 5e-4}}) as site:
        site.synth({"Sft": {"learning_rate": 2e-4}})
        code, told = site.run_cdk("diff", "Changing")
        assert code == 0
        assert "Sft/Trainer: training_config.optim.lr: 0.0005 to 0.0002" in told
        assert "IAM" not in told
        # There is no terminal to ask on.
        code, told = site.run_cdk("deploy", "Changing")
        assert code == 0, told


@pytest.mark.parametrize("shares_role", [True, False])
def test_forty_trainers(tmp_path: Path, *, shares_role: bool) -> None:
    stacks = ("Changing", "Other")
    trainers: dict[str, dict[str, object]] = {
        f"Trainer{index}": {"stack": stacks[index % 2], "shares_role": shares_role}
        for index in range(40)
    }
    with deployed(tmp_path, trainers) as site:
        assert len(groups(site)) == 40
        for trainer in ("Trainer0", "Trainer39"):
            execution = site.lab.start(trainer)
            assert site.lab.ended(execution) == ("SUCCEEDED", None)
