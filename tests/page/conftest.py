"""Serves the web door to the page in a real browser."""

from served_page import line, own_line, serve, web  # noqa: F401  fixtures
