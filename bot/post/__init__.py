"""The post: what waits in the outbox goes out, chat by chat, by an open way and no faster than a door takes it."""
