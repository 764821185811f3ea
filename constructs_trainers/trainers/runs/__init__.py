"""A trainer's runs in workflows of other machines: ``train()``."""
