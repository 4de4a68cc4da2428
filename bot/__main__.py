"""`python -m bot`: the same as `zhibu`."""

from bot.command_line import main

main()
