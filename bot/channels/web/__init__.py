"""The web page: its door, its guard, its frames."""
