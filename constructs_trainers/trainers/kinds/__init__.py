"""One file a kind of compute: its group of props, and all that it answers for."""
