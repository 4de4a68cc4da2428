"""What a message says beside its intent and slots: small questions that handlers ask of the words."""
