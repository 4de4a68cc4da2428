"""The doors and the doorkeeper: channels, web pages, command line, composition root. Nobody imports this room."""
