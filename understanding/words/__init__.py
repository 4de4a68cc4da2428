"""From text to marked words: tidied, righted, with the typed things in it found and marked."""
