"""What scores answers: reward functions, judges, and how they are registered."""
