"""What a conversation about one topic is like: form and handler, one file a topic."""
