"""Floor 4: the constructs."""
