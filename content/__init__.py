"""Data the program ships: question bank and sample organization."""
