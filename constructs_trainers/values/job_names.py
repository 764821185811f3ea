"""Names of training jobs.

A name is ``<stem>-<12 hex digits>-<attempt>``: the stem is known at synthesis, the rest is
computed by each execution (``workflows.job_name``). API reference: CreateTrainingJob,
TrainingJobName.
"""

from __future__ import annotations

import re
from hashlib import sha256

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

LONGEST_NAME = 63
"""Characters that the API gives a job's name."""

NAME_DIGITS = 12
"""Hex digits that tell one job of a trainer from the next."""

MAX_STEM = LONGEST_NAME - len("-") - NAME_DIGITS - len("-") - 2
"""Characters that are left for the stem beside these digits and two digits of attempt."""

_OWNER_DIGITS = 8

_ILLEGAL = re.compile(r"[^a-z0-9-]")
_BASE_NAME = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?")
_BASE_NAME_PIECE = re.compile(r"[a-zA-Z0-9_-]*")


def job_name_stem(base_job_name: str | None, model_name: str, technique: str) -> str:
    """The part of a job's name that stays the same from run to run.

    Args:
        base_job_name: The user's own stem, or None for ``<model>-<technique>``.
        model_name: The hub's name of the base model.
        technique: The customization technique, such as ``SFT``.

    Returns:
        1 to 47 lower-case letters, digits and inner hyphens, whatever the input; or, when the
        name holds a CDK token, the name untouched, for the state machine to bring into form.
    """
    name = base_job_name or f"{model_name}-{technique.lower()}"
    if UNKNOWN in mask_tokens(name):
        return name
    return _legal(name) or "job"


def unique_stem(base_job_name: str | None, model_name: str, technique: str, owner: str) -> str:
    """The stem of one trainer's job names: two trainers have the same one only if they are told to.

    Where the user gave none, digits of the trainer's place among all stacks end it. So the roles of
    two trainers of one model and technique do not reach each other's jobs.

    Args:
        base_job_name: The user's own stem, which stays as it is.
        model_name: The hub's name of the base model.
        technique: The customization technique, such as ``SFT``.
        owner: The stack's name and the trainer's path below the stack.
    """
    if base_job_name:
        return job_name_stem(base_job_name, model_name, technique)
    digits = sha256(owner.encode()).hexdigest()[:_OWNER_DIGITS]
    readable = job_name_stem(None, model_name, technique)[: MAX_STEM - len("-") - _OWNER_DIGITS]
    return f"{readable.rstrip('-')}-{digits}"


def base_job_name_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with a user's stem for job names.

    Underscores are allowed, as in the SDK, and become hyphens; a long stem is cut.
    """
    if isinstance(value, str):
        text = mask_tokens(value)
        if UNKNOWN in text:
            if _BASE_NAME_PIECE.fullmatch(text.replace(UNKNOWN, "")):
                return []
        elif _BASE_NAME.fullmatch(text):
            return []
    legal = _legal(value) if isinstance(value, str) and UNKNOWN not in mask_tokens(value) else ""
    return [
        Problem(
            path=path,
            message="cannot be part of a training job's name",
            got=short_repr(value),
            allowed="letters, digits, hyphens and underscores, with a letter or digit at each end",
            fix=f"write '{legal}'" if legal else None,
        )
    ]


def name_patterns(stem: str) -> list[str]:
    """What IAM matches a trainer's jobs with, and no other trainer's: ``?`` is one character.

    A pattern with ``*`` would take ``sft-large``'s jobs for ``sft``'s.

    Args:
        stem: A valid stem.
    """
    return [f"{stem}-{'?' * NAME_DIGITS}-{attempt}" for attempt in ("?", "??")]


def certain_start(stem: str) -> str:
    """What the names of a trainer's jobs begin with for certain.

    Args:
        stem: A valid stem, or one that holds a CDK token and is brought into form by the state
            machine (``workflows.job_name``): each other sign than letters, digits and hyphens
            becomes a hyphen, capitals become small, and leading hyphens become ``job-``.

    Returns:
        The stem and its hyphen, or of a stem with a token what is literal at its start; may be
        empty.
    """
    head, token, _ = mask_tokens(stem).partition(UNKNOWN)
    if not token:
        return f"{stem}-"
    cleaned = _ILLEGAL.sub("-", head.lower())
    return re.sub(r"^-+", "job-", cleaned)[:MAX_STEM].rstrip("-")


def _legal(name: str) -> str:
    legal = _ILLEGAL.sub("-", name.lower()).lstrip("-")
    return legal[:MAX_STEM].rstrip("-")
