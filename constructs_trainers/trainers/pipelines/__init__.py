"""Trainers one after another, at once, and over lists: ``TrainingPipeline``."""
