"""Progress of many sweeps as one: what is there already is counted once, and time left is told from what is new."""

from __future__ import annotations

from typing import Protocol


class ProgressListener(Protocol):
    """Who shows how far all sweeps together have come; `commands.progress.Bar` is one."""

    def begin(self, total: int, done: int) -> None:
        """There are `total` histories, of which `done` are there already."""

    def reach(self, total: int) -> None:
        """There are `total` histories now."""

    def skip(self, histories: int) -> None:
        """So many more were found there already."""

    def advance(self, histories: int) -> None:
        """So many more were run."""

    def say(self, line: str) -> None:
        """Something that a user should know."""


class NoProgress:
    """Shows nothing."""

    def begin(self, total: int, done: int) -> None:
        """Nothing."""

    def reach(self, total: int) -> None:
        """Nothing."""

    def skip(self, histories: int) -> None:
        """Nothing."""

    def advance(self, histories: int) -> None:
        """Nothing."""

    def say(self, line: str) -> None:
        """Nothing."""


class TrialProgress:
    """Listens to one of many sweeps, which may be run several times with more and more histories."""

    def __init__(self, progress: ProgressListener):
        self.progress = progress
        self.counted = 0

    def begin(self, total: int, done: int) -> None:  # noqa: ARG002 - the listener knows the total of all
        """Counts what is there and was not counted before."""
        if done > self.counted:
            self.progress.skip(done - self.counted)
            self.counted = done

    def advance(self, histories: int) -> None:
        """Counts what was run."""
        self.counted += histories
        self.progress.advance(histories)

    def say(self, line: str) -> None:
        """Hands it on."""
        self.progress.say(line)
