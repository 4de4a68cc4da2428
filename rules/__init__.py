"""What the regulations demand, as data with document, version and article, and the arithmetic on it: pure."""
