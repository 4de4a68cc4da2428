"""Text to intent and slots: pure; the sentences are data beside the code.

Read from the bottom: `times` finds what words say about time, `words` makes them marked words, `intents` decides what
is meant, `slots` fills the intent's slots, `dialogue` reads answers, and `reader.read` goes through all of it in order.
"""
