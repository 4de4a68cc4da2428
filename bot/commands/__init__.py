"""One file a command of `zhibu`: what it asks of the house, and how it shows the answer."""
