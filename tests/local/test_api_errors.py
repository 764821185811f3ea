from __future__ import annotations

import botocore.session
import pytest

from constructs_trainers.local.api_errors import MODELLED_CODES, ApiError


def test_the_modelled_codes_are_those_of_the_api() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    assert {shape.name for shape in model.error_shapes} == MODELLED_CODES


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ResourceLimitExceeded", "SageMaker.ResourceLimitExceededException"),
        ("ResourceInUse", "SageMaker.ResourceInUseException"),
        ("ResourceNotFound", "SageMaker.ResourceNotFoundException"),
        ("ConflictException", "SageMaker.ConflictException"),
        ("ThrottlingException", "SageMaker.SageMakerException"),
        ("ValidationException", "SageMaker.SageMakerException"),
        ("AccessDeniedException", "SageMaker.SageMakerException"),
    ],
)
def test_step_functions_names_a_modelled_error_and_hides_any_other(code: str, name: str) -> None:
    assert ApiError(code, "because").state_error(generic="SageMakerException") == name


def test_the_cause_holds_the_code_that_the_name_hides() -> None:
    assert ApiError("ThrottlingException", "Rate exceeded").cause == (
        "ThrottlingException: Rate exceeded "
        "(Service: SageMaker, Status Code: 400, Error Code: ThrottlingException)"
    )
