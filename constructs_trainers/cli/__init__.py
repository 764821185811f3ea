"""The command line, ``constructs-trainers``."""
