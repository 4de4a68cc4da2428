"""Which intent words have: templates and a model judge marked words, one command or several."""
