"""ministack gives no promise about these names: a new version of it has to pass here first."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from pathlib import Path

import pytest

pytest.importorskip("ministack")

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_installed_ministack_is_the_pinned_one() -> None:
    pin = re.search(r'"ministack==([^"]+)"', PYPROJECT.read_text(encoding="utf-8"))
    assert pin is not None
    assert importlib.metadata.version("ministack") == pin[1]


def test_services_are_found_by_name_and_by_the_target_header() -> None:
    from ministack import app
    from ministack.core import router

    assert callable(app.SERVICE_HANDLERS["states"])
    assert router.SERVICE_PATTERNS["states"]["target_prefixes"]
    headers = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    assert router.detect_service("POST", "/", headers, {}) == "states"


def test_a_request_knows_its_account_and_region() -> None:
    from ministack.core import responses

    with responses.request_scope("123456789012", "us-west-2"):
        assert responses.get_account_id() == "123456789012"
        assert responses.get_region() == "us-west-2"


def test_a_state_machine_finds_its_tasks_by_the_start_of_their_resource() -> None:
    from ministack.services import stepfunctions

    assert all(key.startswith("arn:aws:states:::") for key in stepfunctions._SERVICE_DISPATCH)
    source = inspect.getsource(stepfunctions._invoke_resource)
    # Ours come before its own AWS SDK integration, which knows no SageMaker.
    assert source.index("_SERVICE_DISPATCH") < source.index("_invoke_aws_sdk_integration(")
    error = stepfunctions._ExecutionError("Name", "cause")
    assert (error.error, error.cause) == ("Name", "cause")


def test_members_and_times_are_turned_into_what_a_state_gets() -> None:
    from ministack.services import stepfunctions

    service = {"target_prefix": "SageMaker", "protocol": "json"}
    request = {"TrainingJobName": "sft-1"}
    assert (
        stepfunctions._sdk_json_params(service, "sagemaker", "DescribeTrainingJob", request)
        == request
    )
    result = stepfunctions._sdk_json_result(
        "sagemaker", "DescribeTrainingJob", {"CreationTime": 1767225600.5}
    )
    assert result == {"CreationTime": "2026-01-01T00:00:00.500Z"}


def test_cloudformation_finds_its_resource_types_by_name() -> None:
    from ministack.services.cloudformation import provisioners

    assert {"create", "delete"} <= provisioners._RESOURCE_HANDLERS["AWS::SSM::Parameter"].keys()
    create = inspect.signature(provisioners._ssm_create)
    assert list(create.parameters) == ["logical_id", "props", "stack_name"]


def test_buckets_are_kept_under_names_of_these() -> None:
    from ministack.services import s3
    from ministack.services.cloudformation import provisioners

    assert provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"].keys() >= {
        "create",
        "update",
        "delete",
    }
    assert list(inspect.signature(provisioners._s3_update).parameters) == [
        "physical_id",
        "old_props",
        "new_props",
        "stack_name",
    ]
    assert list(inspect.signature(s3._delete_bucket).parameters) == ["name"]
    for table in ("_buckets", "_bucket_tags", "_object_versions"):
        assert hasattr(s3, table)
    # A type of ours is found before a function of the app's is asked.
    source = inspect.getsource(provisioners._provision_resource)
    assert source.index("_RESOURCE_HANDLERS") < source.index("_custom_resource_create")


def test_nested_workflows_are_run_by_functions_of_these_names_and_arguments() -> None:
    from ministack.services import stepfunctions

    run = ["state_def", "raw_input", "execution", "ctx"]
    expected = {
        "_invoke_nested_start_execution_sync": ["resource", "input_data"],
        "_invoke_resource_with_timeout": ["resource", "input_data", "timeout"],
        "_nested_start_execution_request": ["input_data"],
        "_describe_execution": ["data"],
        "_stop_execution": ["data"],
        "_run_execution": ["exec_arn"],
        "_run_sub_machine": ["states", "start_at", "input_data", "execution", "ctx"],
        "_apply_catcher": ["catcher", "raw_input", "ctx", "query_language", "error_output"],
        "_run_map_items": run,
        "_run_parallel_branches": run,
        "_state_query_language": ["state_def", "ctx"],
        "_read_map_items": ["reader", "effective", "ctx"],
        "_run_distributed_map": [
            "state_def",
            "raw_input",
            "effective",
            "iterator",
            "execution",
            "ctx",
        ],
        "_jsonata_state_field": ["state_def", "field", "expected", "raw_input", "ctx"],
    }
    for name, arguments in expected.items():
        assert list(inspect.signature(getattr(stepfunctions, name)).parameters) == arguments
    for name in ("_apply_jsonata_output", "_apply_state_assign"):
        parameters = list(inspect.signature(getattr(stepfunctions, name)).parameters)
        assert parameters[:4] == ["state_def", "raw_input", "ctx", "result"]
    assert hasattr(stepfunctions, "_executions")
    # They are looked up by name when they are called, so another function may take their place.
    source = inspect.getsource(stepfunctions._execute_parallel)
    assert "_run_parallel_branches(" in source


def test_each_function_is_replaced_once_by_one_that_takes_the_same() -> None:
    from ministack.services import stepfunctions

    from constructs_trainers.local.hooks import REPLACED

    names = [name for table in REPLACED for name in table]
    assert len(names) == len(set(names))
    for table in REPLACED:
        for name, function in table.items():
            theirs = inspect.signature(getattr(stepfunctions, name)).parameters.values()
            taken = [parameter for parameter in theirs if parameter.default is parameter.empty]
            inspect.signature(function).bind(*taken)
            # It is looked up by name when it is called, so another function may take its place.
            source = inspect.getsource(stepfunctions)
            assert len(re.findall(rf"\b{name}\b", source)) > 1
