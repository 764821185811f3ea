"""Measurements against other tools. Not part of the package."""
