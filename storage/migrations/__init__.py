"""The database through time."""
