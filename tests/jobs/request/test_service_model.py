from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.jobs.request import service_model
from constructs_trainers.jobs.request.service_model import input_shape, operation_names, shape

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def no_cached_model() -> Iterator[None]:
    service_model._model.cache_clear()
    yield
    service_model._model.cache_clear()


def test_shapes_hold_what_the_model_says() -> None:
    request = input_shape("CreateTrainingJob")
    assert request.required == ("TrainingJobName", "RoleArn", "OutputDataConfig")
    name = shape(request.members["TrainingJobName"])
    assert (name.kind, name.minimum, name.maximum) == ("string", 1, 63)
    assert shape("HyperParameters").key == "HyperParameterKey"
    assert shape("Peft").enum == ("LORA",)


def test_patterns_in_a_foreign_dialect_are_left_out() -> None:
    assert shape("TagKey").pattern is None


@pytest.mark.parametrize("line_end", ["\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_dot_stands_for_no_line_end_as_in_java(line_end: str) -> None:
    value = shape("HyperParameterValue").pattern
    uri = shape("S3Uri").pattern
    assert value is not None
    assert uri is not None
    assert value.fullmatch("one two")
    assert not value.fullmatch(f"one{line_end}two")
    assert not uri.fullmatch(f"s3://bucket/a{line_end}")


def test_patterns_mean_ascii_as_in_java() -> None:
    pattern = shape("SequenceLength").pattern
    assert pattern is not None
    assert pattern.fullmatch("4K")
    assert not pattern.fullmatch("٤K")


def test_an_operation_without_a_request_has_an_empty_shape() -> None:
    assert not input_shape("GetSagemakerServicecatalogPortfolioStatus").members


def test_every_shape_can_be_read() -> None:
    for operation in operation_names():
        todo = [input_shape(operation)]
        seen: set[str] = set()
        while todo:
            current = todo.pop()
            names = {*current.members.values(), current.element, current.key} - {"", *seen}
            seen |= names
            todo += [shape(name) for name in names]


@pytest.mark.usefixtures("no_cached_model")
def test_the_loader_gives_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = service_model._model()
    service_model._model.cache_clear()
    monkeypatch.setattr(service_model, "_FILE", "nowhere.json.gz")
    assert service_model._model_file() is None
    assert service_model._model()["shapes"] == direct["shapes"]


def test_a_botocore_that_is_no_package_on_disk_is_left_to_the_loader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert service_model._model_file() is None
