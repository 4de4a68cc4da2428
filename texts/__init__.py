"""Every sentence the program may say, and how it is read."""
