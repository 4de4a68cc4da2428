"""What `make bench` runs: each figure is a ratio of two things measured in one run, in turns, on this machine."""
