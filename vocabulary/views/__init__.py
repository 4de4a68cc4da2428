"""What verbs and looks return: one file of frozen dataclasses for each noun."""
