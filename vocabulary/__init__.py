"""Plain words that all rooms share; this room imports nothing of ours."""
