"""Helpers for tests of stacks that hold trainers.

``normalised`` makes a template fit for a snapshot; ``definition`` and ``request`` give the parts
of a trainer's state machine as plain dicts. All take a synthesized template as a dict, or anything
with a ``to_json()`` that gives one, such as ``aws_cdk.assertions.Template``.
"""

from constructs_trainers.testing.normalise import normalised
from constructs_trainers.testing.state_machines import definition, request

__all__ = ["definition", "normalised", "request"]
