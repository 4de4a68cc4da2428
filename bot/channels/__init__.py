"""One file a platform: it translates between the platform and the house, and decides nothing."""
