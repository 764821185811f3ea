"""How a trainer's machine learns of its job: by looking at it, or by waiting (``.sync``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.optimized_integration import members_not_known_to_be_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.trainers.props.trainer_props import TrainerProps

MEMBERS_NOT_KNOWN = "constructs-trainers:runJobMembersNotKnown"

_PATH = "integration_pattern"
_ALLOWED = "IntegrationPattern.RUN_JOB, or leave it out: the trainer then looks at its job itself"


def integration_problems(props: TrainerProps) -> list[Problem]:
    """What is wrong with the prop ``integration_pattern``."""
    given = props.integration_pattern
    if given is None:
        return []
    if not props.runs_job:
        message = "would not wait for the job, or wait for a token that nothing sends"
        return [Problem(path=_PATH, message=message, got=given.name, allowed=_ALLOWED)]
    if props.compute is None:
        return [
            Problem(
                path=_PATH,
                message="is for jobs on own instances: only the AWS SDK integration is known to "
                "take all members of a serverless job",
                got=given.name,
                fix="leave it out, or give compute=TrainingJobCompute(...)",
            )
        ]
    return []


def warn_of_members_not_known(
    scope: Construct, props: TrainerProps, request: Mapping[str, object]
) -> None:
    """Say which members of a request Step Functions may refuse when it waits for the job itself.

    Args:
        scope: The trainer.
        props: Its props.
        request: The request.
    """
    unknown = members_not_known_to_be_taken(request) if props.runs_job else []
    if unknown:
        cdk.Annotations.of(scope).add_warning_v2(
            MEMBERS_NOT_KNOWN,
            f"{', '.join(unknown)}: not known to be taken by createTrainingJob.sync of Step "
            "Functions, which has refused members that it did not know. An execution would then "
            "fail with States.Runtime before there is a job. Leave integration_pattern out, or run "
            "it once before you rely on it.",
        )
