"""Recipes against the SageMaker Python SDK: see docs/benchmarks.md.

Nothing is imported here: the SDK's environment, which has none of this project's dependencies,
runs a module of this package too.
"""
