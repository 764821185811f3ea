"""A checkout of the public recipes repository, read as the material of hub content.

The repository holds plain recipes and, for each family of recipes, which of their values are
placeholders and what may be put there. What SageMaker's hub serves is made of the two; the rules
by which it is made are followed here, as far as they decide what a training job is sent.
"""
