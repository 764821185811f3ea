from __future__ import annotations

from dataclasses import replace

import pytest

from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.values.arns import Environment
from constructs_trainers.values.resource_names import (
    aliased_keys,
    ecr_repository,
    evaluator_arn_problems,
    is_key_arn,
    mlflow_problems,
    model_package_arn_problems,
    model_package_group_arn,
    model_package_group_problems,
    role_arn_problems,
)

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
HERE = Environment(partition="aws", region="us-west-2", account="123456789012")
SAGEMAKER = "arn:aws:sagemaker:us-west-2:123456789012:"


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::123456789012:role/MyRole",
        "arn:aws-cn:iam::123456789012:role/service-role/a+b=c,d.e@f_g-h",
        TOKEN,
        f"arn:{TOKEN}:iam::{TOKEN}:role/MyRole",
        f"arn:aws:iam::123456789012:role/{TOKEN}",
        f"arn:aws:iam::{TOKEN}",
    ],
)
def test_good_roles(value: str) -> None:
    assert role_arn_problems("role", value) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("arn:aws:iam::12345678901:role/x", "the account of"),
        ("arn:aws:iam:us-west-2:123456789012:role/x", "the region of"),
        ("arn:aws:sts::123456789012:assumed-role/x/y", "the service of"),
        ("arn:aws:iam::123456789012:user/x", "the resource type of"),
        ("arn:aws:iam::123456789012:role/", "the role name of"),
        ("arn:aws:iam::123456789012:role", "the role name of"),
        ("arn:aws:iam::123456789012:role/a b", "the role name of"),
        ("arn:aws:iam::123456789012", "the resource type of"),
        ("", "is not the ARN of an IAM role"),
        (7, "is not a string"),
    ],
)
def test_bad_roles(value: object, message: str) -> None:
    problem = role_arn_problems("role", value)[0]
    assert problem.path == "role"
    assert problem.message.startswith(message)
    assert problem.got
    assert problem.allowed


def test_every_wrong_part_is_named() -> None:
    problems = role_arn_problems("role", "arn:gcp:iam::1:rolle/x")
    assert [p.message.split(" of ")[0] for p in problems] == [
        "the partition",
        "the account",
        "the resource type",
    ]


def test_a_bare_role_name_is_told_how_to_become_an_arn() -> None:
    (problem,) = role_arn_problems("role", "MyRole")
    assert problem.fix is not None
    assert problem.fix.startswith("write arn:aws:iam::<account>:role/MyRole")


@pytest.mark.parametrize(
    "value", ["my-group", "g", "a" * 63, TOKEN, f"g-{TOKEN}", SAGEMAKER + "model-package-group/g"]
)
def test_good_groups(value: str) -> None:
    assert model_package_group_problems("model_package_group", value) == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "my_group",
        "-g",
        "g-",
        "a" * 64,
        "a" + "-" * 62 + "b",
        None,
        SAGEMAKER + "model-package/g/1",
        SAGEMAKER + "model-package-group/*",
    ],
)
def test_bad_groups(value: object) -> None:
    (problem,) = model_package_group_problems("model_package_group", value)
    assert problem.path == "model_package_group"
    assert problem.allowed


def test_a_groups_arn_is_made_of_its_name() -> None:
    arn = SAGEMAKER + "model-package-group/g"
    assert model_package_group_arn("g", HERE) == arn
    assert model_package_group_arn(arn, HERE) == arn
    assert model_package_group_arn(TOKEN, HERE) == TOKEN
    assert TOKEN in model_package_group_arn("g", replace(HERE, region=TOKEN))


def test_model_packages_and_evaluators() -> None:
    package, evaluator = (
        SAGEMAKER + "model-package/g/1",
        SAGEMAKER + "hub-content/h/JsonDoc/e/0.0.1",
    )
    assert model_package_arn_problems("model", package) == []
    assert evaluator_arn_problems("custom_reward_function", evaluator) == []
    assert model_package_arn_problems("model", evaluator)
    assert evaluator_arn_problems("custom_reward_function", package)


@pytest.mark.parametrize("kind", ["mlflow-tracking-server", "mlflow-app"])
def test_mlflow_resources(kind: str) -> None:
    assert mlflow_problems(f"{SAGEMAKER}{kind}/x", "experiment", "run") == []


def test_mlflow_may_be_left_out() -> None:
    assert mlflow_problems(None) == []


def test_a_wrong_mlflow_resource_is_named() -> None:
    (problem,) = mlflow_problems(SAGEMAKER + "mlflow-server/x")
    assert problem.path == "mlflow_resource_arn"
    assert problem.allowed == "mlflow-tracking-server or mlflow-app"


def test_mlflow_names_without_a_resource_have_no_effect() -> None:
    problems = mlflow_problems(None, "experiment", "run")
    assert [p.path for p in problems] == ["mlflow_experiment_name", "mlflow_run_name"]


def test_what_is_good_here_fits_the_api() -> None:
    request = {
        "TrainingJobName": "job",
        "RoleArn": "arn:aws-cn:iam::123456789012:role/service-role/a+b=c,d.e@f_g-h",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket"},
        "MlflowConfig": {"MlflowResourceArn": SAGEMAKER + "mlflow-tracking-server/x"},
        "ModelPackageConfig": {
            "ModelPackageGroupArn": SAGEMAKER + "model-package-group/g",
            "SourceModelPackageArn": SAGEMAKER + "model-package/g/1",
        },
    }
    assert request_problems(request) == []


@pytest.mark.parametrize(
    ("key", "aliased"),
    [
        ("alias/a", ("arn:aws:kms:us-west-2:123456789012:key/*", "alias/a")),
        ("arn:aws:kms:r:1:alias/a/b", ("arn:aws:kms:r:1:key/*", "alias/a/b")),
        ("arn:aws:kms:r:1:key/k", None),
        ("11111111-2222-3333-4444-555555555555", None),
        ("alias/", None),
        (TOKEN, None),
    ],
)
def test_an_alias_may_be_of_any_key_beside_it(key: str, aliased: tuple[str, str] | None) -> None:
    assert aliased_keys(key, HERE) == aliased
    assert is_key_arn(key) is (":key/" in key)


@pytest.mark.parametrize("end", ["", ":1", "@sha256:0123"])
def test_an_image_is_in_a_repository(end: str) -> None:
    image = f"123456789012.dkr.ecr.us-west-2.amazonaws.com/own/image{end}"
    assert ecr_repository(image) == ("123456789012", "us-west-2", "own/image")


def test_parts_of_an_image_may_be_known_at_deployment_only() -> None:
    assert ecr_repository(TOKEN) is None


@pytest.mark.parametrize("image", ["", "image:1", "docker.io/own/image:1"])
def test_an_image_elsewhere_is_in_none(image: str) -> None:
    assert ecr_repository(image) is None
