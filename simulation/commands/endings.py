"""How a command is ended from outside: by Ctrl-C, by SIGTERM, or by its terminal that has gone.

Python raises an interruption wherever it happens to be: in the middle of an import, in what C calls back and cannot
fail, or in the class that compiled code hands a record to, where it ends the interpreter. So a signal is heard at once,
and raised as `Ended` at the next place that can bear it. Before a command has begun it just ends the process.

Imports nothing that the interpreter has not loaded of itself: until it is there a signal is Python's own affair.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # as of typing, which takes longer to import than all else here
if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any, NoReturn
else:
    import _signal as signal  # without names for its numbers, which take longer to import than all else here

SECONDS_BETWEEN_TRIES = 0.01
MOST_SECONDS = 20.0
"""How long a command may take to put away its work; then the process ends as it is. Files that were begun are known as
such by their names, and workers leave with the process."""
SECONDS_OF_PATIENCE = 2.0
"""After so long a second signal ends the process as it is; one that comes before is the same, sent twice."""
HEARD = "SIGINT", "SIGTERM", "SIGHUP"
WORDS = {getattr(signal, name, None): words for name, words in (
    ("SIGINT", "interrupted"), ("SIGTERM", "ended by SIGTERM"), ("SIGHUP", "ended, as the terminal has gone"))}
SECONDS_OF_IMPORT, MOST_SECONDS_OF_IMPORT = 0.3, 10.0
"""How long the end of an import is waited for: so much of the processor's time, which on a busy machine is much more of
the clock's, and no more of the latter than the second."""
IMPORTS = frozenset({"_frozen_importlib", "importlib._bootstrap", "_frozen_importlib_external",
                     "importlib._bootstrap_external"})
"""The modules that import others, which have their second names once `importlib` is there: what is left in the middle
of an import may be taken for missing."""
CALLED_BACK, RECORD = "numba.core.serialize", "namedtuple_"
"""Modules that compiled code calls to hand back an array and a named tuple; it does not look whether they raise. The
constructor of a named tuple is in a module of its own, whose name begins so."""
OF_THE_COMPILER = "llvmlite.binding"
"""Where the compiler's own code is called and calls back: interrupted there, what it had made would be missing, or be
taken for something that is still there, and the process would fail or crash."""
EXTENSION = "ExtensionFileLoader"
"""Who loads a library that is not written in Python: what it imports itself must not fail, or it prints a traceback."""


class Ended(KeyboardInterrupt):
    """The command is to end, by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class _State:
    """What has been heard, and when it was heard and raised, by the clock and by the processor's time; one for the
    process, as signals are."""

    heard = 0
    heard_at = worked_at = 0.0
    raised_at: float | None = None
    has_begun = False
    is_over = False
    is_json = False
    status: int | None = None


def number_of(interruption: BaseException) -> int:
    """The signal by which a command was ended: Ctrl-C, if it does not say."""
    return interruption.number if isinstance(interruption, Ended) else signal.SIGINT


def heard() -> int:
    """The signal that has been raised in the command; 0 if none has."""
    return 0 if _State.raised_at is None else _State.heard


def words_of(interruption: BaseException) -> str:
    """What has happened, in words."""
    return _words(number_of(interruption))


def _words(number: int) -> str:
    return WORDS.get(number, "ended")


def heed(arguments: list[str]) -> None:
    """Hears signals from now on, except those that whoever started the process has it ignore."""
    _State.is_json = "--json" in arguments
    for name in HEARD:
        usual = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is usual:
            signal.signal(number, _hear)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _try_again)
    sys.unraisablehook = _unraisable


def begin() -> None:
    """From now on a signal is raised in the command, which puts away its work."""
    _State.has_begun, _State.heard, _State.raised_at, _State.is_over, _State.status = True, 0, None, False, None


def finish(status: int | None = None) -> None:
    """The command is over, and its exit status known: a signal that comes now changes nothing any more."""
    _State.is_over, _State.status = True, status
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    for name in HEARD:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is _hear:
            signal.signal(number, signal.SIG_IGN)  # handlers of Python's own go away before the process does


def leave_at_once() -> None:
    """Has the process end as it is when the command is over and whatever waits for Python's end has been told: taking
    apart all that was loaded, object by object, takes as long as drawing a figure. To be called before others register.
    """
    import atexit  # which the interpreter has not loaded when it begins

    atexit.register(_leave_at_once)  # the first to register is the last to be called


def _leave_at_once() -> None:
    if _State.is_over and _State.status is not None:
        leave(_State.status)


def leave(status: int) -> NoReturn:
    """Ends the process as it is; what was printed is printed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, RuntimeError, ValueError):  # none, closed, or in the middle of a write
            continue
    os._exit(status)


def _hear(number: int, frame: FrameType | None) -> None:
    if _State.is_over:
        return
    if not _State.has_begun:
        _leave_before_anything(number)
    if _State.raised_at is not None:
        if time.monotonic() - _State.raised_at > SECONDS_OF_PATIENCE:
            _leave_as_it_is()
        return
    if not _State.heard:
        _State.heard, _State.heard_at, _State.worked_at = number, time.monotonic(), time.process_time()
    elif time.monotonic() - _State.heard_at > SECONDS_OF_PATIENCE:
        _leave_as_it_is()
    _raise_if_possible(frame)


def _try_again(_: int, frame: FrameType | None) -> None:
    if _State.heard and not _State.is_over:
        if _State.raised_at is None:
            _raise_if_possible(frame)
        elif time.monotonic() - _State.raised_at >= MOST_SECONDS:
            _leave_as_it_is()


def _raise_if_possible(frame: FrameType | None) -> None:
    has_clock = hasattr(signal, "setitimer")
    is_called_back = _is_called_back(frame)
    if has_clock and (is_called_back or _is_import_waited_for(frame)):
        if is_called_back and time.monotonic() - _State.heard_at > SECONDS_OF_PATIENCE:
            _leave_as_it_is()
        signal.setitimer(signal.ITIMER_REAL, SECONDS_BETWEEN_TRIES)
        return
    _State.raised_at = time.monotonic()
    if has_clock:
        signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS, 1.0)
    raise Ended(_State.heard)


def _is_called_back(frame: FrameType | None) -> bool:
    """Whether Python has been called by compiled code that does not look whether it raises, or is at the compiler."""
    return any((module := _module(own)) == CALLED_BACK or module.startswith((RECORD, OF_THE_COMPILER)) or (
        module in IMPORTS and type(own.f_locals.get("self")).__name__ == EXTENSION) for own in _frames(frame))


def _is_import_waited_for(frame: FrameType | None) -> bool:
    """Whether something is being imported, and has not taken too long since the signal."""
    return (time.process_time() - _State.worked_at < SECONDS_OF_IMPORT
            and time.monotonic() - _State.heard_at < MOST_SECONDS_OF_IMPORT
            and any(_module(own) in IMPORTS for own in _frames(frame)))


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _unraisable(problem: Any) -> None:
    """What was raised where nobody can catch it, as in a callback from C or while an object is removed: an end that was
    swallowed there is raised again elsewhere."""
    if issubclass(problem.exc_type, KeyboardInterrupt) and hasattr(signal, "setitimer"):
        if not _State.is_over:
            _State.raised_at = None
            signal.setitimer(signal.ITIMER_REAL, SECONDS_BETWEEN_TRIES)
    else:
        sys.__unraisablehook__(problem)


def _leave_as_it_is() -> NoReturn:
    message = f"{_words(_State.heard)}; what was under way is left as it is; to go on, give the same command again"
    _tell(message, 128 + _State.heard)
    leave(128 + _State.heard)


def _leave_before_anything(number: int) -> NoReturn:
    message = f"{_words(number)} before it had begun; give the same command again"
    _tell(message, 128 + number)
    os._exit(128 + number)


def _tell(message: str, status: int) -> None:
    if _State.is_json:
        import json

        _write(1, json.dumps({"error": {"status": status, "message": message}}, indent=2) + "\n")
    _write(2, message + "\n")


def _write(handle: int, text: str) -> None:
    try:
        os.write(handle, text.encode())
    except OSError:
        return
