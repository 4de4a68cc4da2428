"""Serves the web door to its tests."""

from served_page import closed_web, line, own_line, serve, web  # noqa: F401  fixtures
