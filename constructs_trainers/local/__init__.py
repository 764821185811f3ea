"""The embedded engine: deploy an app and run its trainers on this machine, with no AWS account.

``constructs-trainers local run`` is made of these pieces; tests use them directly. Needs the
extra ``local``.
"""
