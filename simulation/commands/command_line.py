"""The command line: one table of commands, each imported only when it is called.

Bad input and bad usage end in one line on standard error and exit status 2, never in a traceback. Interruption ends
with 130, SIGTERM with 143, a closed pipe quietly with 141, as the shell would report them. Work
that failed ends with 1. docs/reliability.md has all of it.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import gc
import importlib
import json
import logging
import os
import select
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

import simulation
from simulation.commands import endings
from simulation.commands.usage import refusal_of
from simulation.compiled_code import WITHOUT_COMPILER
from simulation.errors import AllianceError, Refusal, WorkFailedError

PROGRAM = "asymmetric-alliances"
FAILED, BAD_INPUT, PIPE_CLOSED = 1, 2, 141
NO_ROOM, NO_MEANS = ({getattr(errno, name) for name in names if hasattr(errno, name)} for names in (
    ("ENOSPC", "EFBIG", "EDQUOT", "EIO", "EPIPE", "ECONNRESET"), ("ENOMEM", "EMFILE", "ENFILE", "EAGAIN")))
"""What keeps a file from being written, and a process from going on; neither is a fault of what was asked."""
COMPILERS_CACHE = os.path.join("numba", "core", "caching.py")
"""Where the compiler writes what it has compiled, without naming the file."""
AS_JSON = "--json"
NOT_FINITE = "NotFiniteError"
"""What a formula of a scenario raises; by its name, because the module knows the compiler, which is slow to import."""
SECONDS_UNTIL_COLLECTION = 5.0
SHOW_FAULTS = "ASYMMETRIC_ALLIANCES_FAULTS"

# wrong usage of any kind; typer does not export this class, and where it lies differs between releases
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

# name of the command, which is a function of that name in simulation.commands.<name>, and its line in the help
COMMANDS = {
    "validate": "Check scenario files, studies and files of propositions.",
    "plan": "What a sweep would be and cost; nothing is written.",
    "run": "Run one history of a scenario: tables and a figure.",
    "sweep": "Run a study: points times replications, into a results folder.",
    "resume": "Go on with a sweep that stopped.",
    "merge": "One results folder of several of the same sweep, such as its parts.",
    "status": "How far the work in a results folder has come, and whether it runs.",
    "sensitivity": "How much each parameter moves a measure, from a sweep of a Morris or Saltelli design.",
    "verify": "Is a results folder as it was written, and do histories of a sweep come out the same again?",
    "export": "The table of a sweep as one file: CSV, Parquet, Stata or netCDF.",
    "figures": "The figures of a results folder, or any measure of sweeps by any of their factors.",
    "report": "A results folder as one page to read, print, send and keep.",
    "demo": "Run a small study from end to end: a table and three figures.",
    "solve": "Find the alliance equilibria of a scenario, each with its certificate.",
    "compare": "Equilibria side by side under several assumptions: who enters, who leaves, and why.",
    "confront": "Hold the ends of histories against the equilibria of their scenario.",
    "statics": "All equilibria along a line, or over a plane, of parameters.",
    "test": "Put propositions to the test: effects, intervals and verdicts, with and without the mechanism.",
    "scope": "Where in a region of parameters a proposition holds, and the nearest counterexample.",
    "multiverse": "A proposition under every combination of named assumptions.",
    "decompose": "What each of three costs and four benefits adds to a portfolio or takes from it.",
    "portfolios": "The portfolio that each benefit sustains alone, beside each other.",
    "reversal": "Pacts, autonomy given a pact and over all states against a cost, on one page.",
    "trace": "Two settings under the same luck: where the histories part, why, and what comes of it.",
    "why": "Why a weak state is or is not an ally: every term, who would not sign, and what would turn it.",
    "picture": "One pair from close by: its contract space and its crisis game, as figures.",
    "record": "Real dyads: scenarios made of them, the theory fitted to them, and how well it tells them.",
    "explore": "A scenario in the browser: sliders, portfolio, outcomes, and one history year by year.",
    "compile": "Compile beforehand what histories and equilibria need: for clusters and images.",
    "init": "A working folder, with the scenarios, studies and propositions that come with the program.",
    "examples": "What comes with the program: scenarios, studies and propositions, to be run and copied.",
    "describe": "What parameters, measures and recorded columns mean: unit, range, default, source.",
    "schema": "Write the JSON schema of scenario files, for editors.",
}


class SubGroup(TyperGroup):
    """A group of commands; an unknown one is refused in one line with the nearest one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As the parent's, after the refusal."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            ctx.fail(f"no such command: {args[0]}; allowed: {', '.join(known)}{meant}")
        return super().resolve_command(ctx, args)


class LazyGroup(SubGroup):
    """A group that knows its commands from the table and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of this name, imported now, or None."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(importlib.import_module(f"simulation.commands.{cmd_name}"), cmd_name)
        if isinstance(found, typer.Typer):
            found.info.help = COMMANDS[cmd_name]
            return get_command(found)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name, help=COMMANDS[cmd_name])(found)
        return get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """The table itself, so that help imports no command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


Version = Annotated[bool, typer.Option("--version", help="Print the version, and leave.", is_eager=True)]
app = typer.Typer(cls=LazyGroup, invoke_without_command=True, add_completion=False, rich_markup_mode=None,
                  context_settings={"help_option_names": ["-h", "--help"]})


@app.callback(help="Asymmetric alliances: why, and on what terms, do major powers take weak states as allies?",
              no_args_is_help=False)
def _root(is_version_asked: Version = False) -> None:
    if is_version_asked:
        typer.echo(f"{PROGRAM} {simulation.__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs one command and leaves with its exit status."""
    asked = sys.argv[1:] if arguments is None else arguments
    if arguments is None:
        endings.heed(asked)
        _put_off_collection()
    _occupy_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    _show_what_takes_long()
    try:
        endings.begin()
        status = _status(asked)
        endings.finish(status)
    except KeyboardInterrupt as interruption:  # between the two, or where the one before is being told of
        status = _interrupted(interruption)
        endings.finish(status)
    sys.exit(status)


def _put_off_collection() -> None:
    """Has Python look for garbage only after some seconds, and not among what has been loaded by then: that takes a
    tenth of a short command, and finds next to nothing."""
    later = threading.Timer(SECONDS_UNTIL_COLLECTION, _collect_from_now_on)
    later.daemon = True
    with contextlib.suppress(RuntimeError):  # where there is no room for another thread
        later.start()
        gc.disable()


def _collect_from_now_on() -> None:
    gc.freeze()
    gc.enable()


def _occupy_streams() -> None:
    """Gives standard streams that were closed by whoever began the process a place where all is forgotten; else a file
    that is opened later would take their number, and what is printed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, "r" if number == 0 else "w", encoding="utf-8"))


def _show_what_takes_long() -> None:
    """What the program logs of its own accord, such as that it compiles, goes to standard error."""
    log = logging.getLogger("simulation")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)


def _status(arguments: list[str]) -> int:
    command: Any = get_command(app)
    try:
        if os.environ.get(WITHOUT_COMPILER, "0") not in ("", "0"):
            from simulation.commands.first_use import ignore_warnings

            ignore_warnings()
        # not through typer's own `main`, which has other ideas about interruption and closed pipes
        with command.make_context(PROGRAM, arguments or ["--help"]) as context:
            command.invoke(context)
        sys.stdout.flush()
        return 0
    except typer.Exit as leaving:
        return leaving.exit_code or 0
    except KeyboardInterrupt as interruption:
        return _interrupted(interruption, arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, one line says so
        return _failed(error, arguments)


def _failed(error: Exception, arguments: list[str]) -> int:
    """Says what went wrong; gives the exit status."""
    if endings.heard():  # some libraries make an exception of their own of an interruption
        return _interrupted(endings.Ended(endings.heard()), arguments)
    if isinstance(error, typer.Abort):
        return _interrupted(KeyboardInterrupt(), arguments)
    if isinstance(error, AllianceError):
        return complain(str(error), FAILED if isinstance(error, WorkFailedError) else BAD_INPUT, arguments, error)
    if isinstance(error, UsageError):
        refusal = refusal_of(error)
        return complain(str(refusal), BAD_INPUT, arguments, refusal)
    if isinstance(error, BrokenPipeError) and _is_reader_gone():
        _forget_output()
        return PIPE_CLOSED
    if isinstance(error, OSError):
        return _failed_at_a_file(error, arguments)
    if type(error).__name__ == NOT_FINITE:
        return complain(str(error), BAD_INPUT, arguments)
    if isinstance(error, MemoryError):
        return complain("out of memory; what is whole is kept: give the same command again with more memory, fewer"
                        " processes (-j), or a smaller task", FAILED, arguments)
    if os.environ.get(SHOW_FAULTS):
        raise error
    place = traceback.extract_tb(error.__traceback__)[-1]
    return complain(f"a fault of the program: {type(error).__name__}: {error} ({Path(place.filename).name}, line"
                    f" {place.lineno}); what is whole is kept; to see where it happened, set {SHOW_FAULTS}=1 and give"
                    " the same command again", FAILED, arguments)


def _failed_at_a_file(error: OSError, arguments: list[str]) -> int:
    is_work = error.errno is None or error.errno in NO_ROOM | NO_MEANS  # without a number: a library was not loaded
    name = error.filename or (_unnamed(error) if error.errno in NO_ROOM else "")
    try:
        sys.stdout.flush()
    except OSError:  # what was printed cannot be written, and would fail again when Python leaves
        _forget_output()
    message = ": ".join(str(part) for part in (name, error.strerror or str(error)) if part)
    if not is_work:
        return complain(message, BAD_INPUT, arguments)
    message += "; what is whole is kept"
    if error.errno in NO_ROOM:
        message += ": make room, and give the same command again"
    elif error.errno in NO_MEANS:
        message += ": give the same command again with fewer processes (-j), or where the system allows more"
    return complain(message, FAILED, arguments)


def _unnamed(error: OSError) -> str:
    """Where there is no room, of an error that names no file: those of the program's own files do."""
    if COMPILERS_CACHE not in "".join(traceback.format_exception(error)):  # a worker's traceback is told as text alone
        return "standard output"
    from simulation.compiled_code.cache import cache_folder

    return f"compiled code, in {cache_folder()}"


def _interrupted(interruption: BaseException, arguments: Sequence[str] = ()) -> int:
    """Says that the command was ended before its end, as the interruption's first note tells; gives the status."""
    number = endings.number_of(interruption)
    usual = f"{endings.words_of(interruption)} before the end; to go on, give the same command again"
    message = next(iter(getattr(interruption, "__notes__", [])), usual)
    if message:
        typer.echo(message, err=True)
    _tell_script(message, 128 + number, arguments)
    return 128 + number


def _is_reader_gone() -> bool:
    """Whether nobody reads what is printed any more; else some other pipe is broken."""
    if not hasattr(select, "poll"):
        return True
    asked = select.poll()
    for stream in (1, 2):
        asked.register(stream, 0)
    return any(event & (select.POLLERR | select.POLLNVAL) for _, event in asked.poll(0))


def _forget_output() -> None:
    """What is left in the buffer would be flushed, and fail again, when Python leaves."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str, status: int = BAD_INPUT, arguments: Sequence[str] = (),
             error: Exception | None = None) -> int:
    """Prints one line on standard error, and for `--json` a document on standard output; gives the exit status."""
    line = " ".join(message.split())
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)
    typer.echo(f"error: {line}", err=True)
    _tell_script(line, status, arguments, error)
    return status


def _tell_script(message: str, status: int, arguments: Sequence[str], error: Exception | None = None) -> None:
    """Says how a command with `--json` ended, as a document on standard output: `status`, `message`, and of a refusal
    what it is made of."""
    if AS_JSON not in arguments:
        return
    made_of = {name: value for name, value in vars(error).items() if value} if isinstance(error, Refusal) else {}
    try:
        typer.echo(json.dumps({"error": {"status": status, "message": message, **made_of}}, indent=2,
                              ensure_ascii=False))
        sys.stdout.flush()
    except OSError:
        _forget_output()
