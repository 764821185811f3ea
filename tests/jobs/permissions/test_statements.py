"""Statements that allow the same in fewer words."""

from __future__ import annotations

from constructs_trainers.jobs.permissions.statements import Statement, merged

ONE, TWO = "arn:aws:s3:::one", "arn:aws:s3:::two"


def listing(bucket: str, *prefixes: str) -> Statement:
    condition = {"StringLike": {"s3:prefix": prefixes[0] if len(prefixes) == 1 else [*prefixes]}}
    return Statement(["s3:ListBucket"], [bucket], condition)


def test_resources_of_the_same_actions_are_listed_once() -> None:
    get = [Statement(["s3:GetObject"], [arn]) for arn in (ONE, TWO, ONE)]
    assert merged(get) == [Statement(["s3:GetObject"], [ONE, TWO])]


def test_values_of_the_only_condition_are_listed_once() -> None:
    given = [
        listing(ONE, "a/*"),
        listing(ONE, "b/*"),
        listing(ONE, "a/*"),
        listing(ONE, "c", "a/*"),
    ]
    assert merged(given) == [listing(ONE, "a/*", "b/*", "c")]


def test_what_would_allow_more_stays_apart() -> None:
    two = {"StringEquals": {"kms:ViaService": "s3", "kms:EncryptionContext:a": "b"}}
    more = {"StringEquals": {"kms:ViaService": "s3", "kms:EncryptionContext:a": "c"}}
    given = [
        listing(ONE, "a/*"),
        listing(TWO, "b/*"),
        Statement(["kms:Decrypt"], ["*"], two),
        Statement(["kms:Decrypt"], ["*"], more),
        Statement(["s3:GetObject"], [ONE]),
        Statement(["s3:GetObject"], [ONE], reason="for something else"),
        Statement(["s3:GetObject"], [ONE], {"StringLike": {"aws:userid": "a"}}),
    ]
    assert merged(given) == given
    assert merged([]) == []
