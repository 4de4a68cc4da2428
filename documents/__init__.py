"""Views to files: pure."""
