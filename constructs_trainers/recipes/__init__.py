"""Floor 1: which values to train with.

Knows recipe templates, override specs, layers and the lock file. Knows neither AWS nor CDK.
"""
