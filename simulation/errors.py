"""Every exception that the program raises on purpose.

A refusal is one line that a user can act on: where, what was found, what is allowed. The command line prints it and
leaves with status 2; nothing has been written by then. Work that failed leaves with status 1.
"""

from __future__ import annotations

from dataclasses import dataclass


class AllianceError(Exception):
    """Root of all exceptions raised by this program."""


@dataclass(eq=False)
class Refusal(AllianceError):
    """Bad input, refused at the door.

    Attributes
    ----------
    problem : what is wrong, in a few words ("unknown key", "out of range").
    path : dotted path of the offending value, such as ``major_powers.RUS.costs.entrapment.war_cost``; empty if none.
    found : what was found there, as the user wrote it; empty if nothing was.
    allowed : what is allowed there; empty if that says nothing.
    suggestion : the nearest allowed spelling ("did you mean"); empty if none is near.
    file : the file, or the option such as ``--set``, that holds the value; empty for input from Python.
    line : line number in the file, counted from 1; 0 if unknown.
    """

    problem: str
    path: str = ""
    found: str = ""
    allowed: str = ""
    suggestion: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        parts = [part for part in (place, self.path, self.problem) if part]
        text = ": ".join(parts)
        if self.found:
            text += f"; found {self.found}"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.suggestion:
            text += f"; did you mean {self.suggestion}?"
        return " ".join(text.split())


class WorkFailedError(AllianceError):
    """Work that was begun could not be done; what was asked for is not to blame. Exit status 1."""


class HistoryFailedError(WorkFailedError):
    """A history failed in a sweep that was to stop at the first one that does."""


class ResultsError(AllianceError):
    """A results folder cannot be used: it is damaged, in use, or belongs to another study."""
