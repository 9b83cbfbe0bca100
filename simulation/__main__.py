"""``python -m simulation``."""

from simulation.commands.command_line import main

if __name__ == "__main__":
    main()
