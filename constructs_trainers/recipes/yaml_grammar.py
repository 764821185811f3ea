"""What plain YAML text stands for in a recipe.

Values are those of YAML 1.1 as PyYAML reads it, with two corrections that OmegaConf makes too:
``1e-5`` is a number, and a date is text.
"""

from __future__ import annotations

import re

import yaml

YAML_TAG = "tag:yaml.org,2002:"

_FLOAT = re.compile(
    r"""^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)
         |[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?\.(?:inf|Inf|INF)
         |\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)


class RecipeLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader with the number grammar of YAML 1.2 and no dates."""


RecipeLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in (f"{YAML_TAG}float", f"{YAML_TAG}timestamp", f"{YAML_TAG}value")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
RecipeLoader.add_implicit_resolver(f"{YAML_TAG}float", _FLOAT, list("-+0123456789."))
