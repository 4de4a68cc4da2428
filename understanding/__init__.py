"""Text to intent and slots: pure; the sentences are data beside the code."""
