"""The verbs: every change to the world, permitted and logged; and the looks, which only read."""
