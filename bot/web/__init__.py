"""The chat page in the browser: its files and the server that hands them out."""
