"""A policy that several trainers share, with whatever the user adds to it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions.statements import shared_document
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.policy_sizes import deployed_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aws_cdk as cdk
    from constructs import Construct, IConstruct

    from constructs_trainers.jobs.permissions.statements import Statement


class SharedDocument(iam.PolicyDocument):
    """A policy document that grows until synthesis, as short as it gets.

    Attributes:
        asked: What it allows, with who asked for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Construct, Sequence[Statement]]] = []

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: what was asked for last may be gone again."""
        return not self.asked and super().is_empty

    def resolve(self, context: cdk.IResolveContext) -> object:
        """The document as it is now, with what was added to it as to any other of the CDK's.

        What was asked for by a construct that is no longer there is left out: it may name what
        went with that.
        """
        added = super().resolve(context)["Statement"]
        asked = [statements for asker, statements in self.asked if _is_there(asker)]
        document = shared_document(chain.from_iterable(asked))
        return {**document, "Statement": [*document["Statement"], *added]}


class SharedPolicy:
    """A policy of what several trainers need.

    Attributes:
        length: About how many characters it has once it is deployed.

    Args:
        policy: The policy.
        document: Its document.
    """

    def __init__(self, policy: iam.Policy | iam.ManagedPolicy, document: SharedDocument) -> None:
        self.length = 0
        self._policy, self._document = policy, document

    def growth(self, statements: Sequence[Statement]) -> int:
        """About how many characters more it has with some statements more."""
        held = chain.from_iterable(held for _, held in self._document.asked)
        return deployed_length(shared_document([*held, *statements])) - self.length

    def extended(self, asker: Construct, statements: Sequence[Statement]) -> Construct:
        """The policy, with some statements more.

        Args:
            asker: For as long as it is in the tree, they are in the policy.
            statements: What it needs.
        """
        self.length += self.growth(statements)
        self._document.asked.append((asker, list(statements)))
        acknowledge_wildcards(self._policy, statements)
        return self._policy


def _is_there(asker: Construct) -> bool:
    """Whether nothing between a construct and the root was removed (``try_remove_child``)."""
    parent = asker.node.scope
    # Another one may have taken its name.
    if parent is None or parent.node.try_find_child(asker.node.id) is not asker:
        return False
    child: IConstruct = parent
    while (parent := child.node.scope) is not None:
        if parent.node.try_find_child(child.node.id) is None:
            return False
        child = parent
    return True
