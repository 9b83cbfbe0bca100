"""All commands with their arguments and options in Markdown, made of the commands themselves.

Called by `describe` for `docs/commands.md`, which a test holds against this.
"""

from __future__ import annotations

from typing import Any

from typer.main import get_command


def command_reference() -> str:
    """A section per command: its line, how it is typed, and a table of its options."""
    from simulation.commands.command_line import COMMANDS, PROGRAM, app

    group: Any = get_command(app)
    return "\n\n".join(section for name, line in COMMANDS.items()
                       for section in _sections(PROGRAM, name, line, group.get_command(None, name)))


def _sections(program: str, name: str, line: str, command: Any) -> list[str]:
    """The section of a command; of a group, its line and then a section for each of its own commands."""
    own = getattr(command, "commands", None)
    if own is None:
        return [_section(program, name, line, command)]
    return [f"### {name}\n\n{line}", *(
        _section(program, f"{name} {inner}", found.help, found) for inner, found in own.items())]


def _section(program: str, name: str, line: str, command: Any) -> str:
    arguments = [part for part in command.params if not part.opts[0].startswith("-")]
    options = [part for part in command.params if part.opts[0].startswith("-")]
    typed = [program, name, *(_as_typed(part) for part in arguments),
             *(f"{part.opts[-1]} {part.metavar}" for part in options if part.required)]
    rows = [f"| {_name(part)} | {_help(part)} | {_default(part)} |" for part in (*arguments, *options)]
    return "\n".join([f"### {name}", "", line, "", f"    {' '.join(typed)}", "",
                      "| option | meaning | default |", "| --- | --- | --- |", *rows])


def _as_typed(argument: Any) -> str:
    return argument.metavar if argument.required else f"[{argument.metavar.strip('[]')}]"


def _name(part: Any) -> str:
    names = [name for name in part.opts if name.startswith("-")]
    return f"`{', '.join(names)}{f' {part.metavar}' if part.metavar else ''}`" if names else f"`{part.metavar}`"


def _help(part: Any) -> str:
    return str(part.help or "").replace("|", "\\|")


def _default(part: Any) -> str:
    if part.required:
        return "required"
    return "" if part.default is None or part.default is False else f"{part.default}"
