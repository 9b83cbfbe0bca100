"""A cell of the matrix: a command that is hurt in one way, and what was promised of it (docs/reliability.md)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import forked, processes
from tests.faults.commands import COMMANDS, OUT, Command, surroundings_of
from tests.faults.processes import left_behind, new_mark, started

TABLES = (".csv", ".yaml", ".json", ".html", ".png", ".zip", ".txt", ".md")
NOT_THE_SAME_TWICE = ("manifest.json", ".html", ".zip", "study.resolved.yaml")
"""Files that hold the time, or what was typed."""
NEVER_SHOWN = "Traceback (most recent call last)", "Exception ignored", "Fatal Python error", "leaked"


@dataclass
class Cell:
    """A command in a folder that may be hurt; `reference` is what it writes when it is not, by path."""

    name: str
    folder: Path
    reference: dict[str, bytes]
    seconds: float
    luck: random.Random
    is_forked: bool = False
    mark: str = field(default_factory=new_mark)
    before: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = contents(self.folder)

    @property
    def command(self) -> Command:
        """What is typed."""
        return COMMANDS[self.name]

    @property
    def surroundings(self) -> dict[str, str]:
        """What else the command finds in its environment."""
        return surroundings_of(self.command, self.folder)

    def start(self, more: Mapping[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
        """The command, begun."""
        return started(self.command.typed(), self.folder, self.mark, more=self.surroundings | dict(more or {}),
                       **options)

    def type(self, out: str = OUT, **options: object) -> subprocess.CompletedProcess[str]:
        """The command from beginning to end; forked if it may be, unless it starts others of its like."""
        if self.is_forked and not self.command.has_workers:
            return forked.typed(self.command.typed(out), self.folder, mark=self.mark, **options)
        return self.type_anew(out, **options)

    def type_anew(self, out: str = OUT, more: Mapping[str, str] | None = None,
                  **options: object) -> subprocess.CompletedProcess[str]:
        """The command from beginning to end, in a process of its own."""
        return processes.typed(self.command.typed(out), self.folder, mark=self.mark,
                               more=self.surroundings | dict(more or {}), **options)

    def wait(self, longest: float | None = None) -> None:
        """Waits for a random moment of the command's life."""
        time.sleep(self.luck.uniform(0.1, self.seconds if longest is None else longest))

    # --- what was promised ------------------------------------------------------------------------------------------

    def keeps(self, done: subprocess.CompletedProcess[str], *statuses: int, is_killed: bool = False) -> None:
        """Fails unless all was kept that is promised of a command that was hurt."""
        told = f"{' '.join(map(str, done.args[1:]))}: {done.returncode}\n{done.stderr[-3000:]}"
        assert not any(words in done.stderr for words in NEVER_SHOWN), told
        assert done.returncode in statuses, told
        if done.returncode not in (0, 141) and not is_killed:
            assert done.stderr.strip(), told
        assert left_behind(self.mark) == [], told
        self._finds_nothing_half(is_killed)

    def goes_on(self) -> None:
        """Fails unless the same command does all that it is to do after it was hurt."""
        if self.command.is_endless:
            return
        is_over = all(name in contents(self.folder) for name in self.reference)
        if not (is_over and self.command.refuses_what_is_there):
            done = self.type()
            assert done.returncode == 0, done.stderr[-3000:]
        there = contents(self.folder)
        for name, content in self.reference.items():
            assert name in there, f"{name} is missing"
            if not name.endswith(NOT_THE_SAME_TWICE):
                assert there[name] == content, f"{name} is another"
        assert [name for name in there if name.endswith((".tmp", ".lock"))] == []

    def _finds_nothing_half(self, is_killed: bool) -> None:
        there = contents(self.folder)
        for name, content in self.before.items():
            if not name.startswith((OUT, *self.command.changes)):
                assert there.get(name) == content, f"{name} is not as it was"
        for name, content in there.items():
            if name in self.reference and not name.endswith(NOT_THE_SAME_TWICE):
                assert content in (self.reference[name], self.before.get(name)), f"{name} is half"
            is_unfinished = name.endswith((".tmp", ".lock"))
            assert is_killed or not is_unfinished or name in self.before, f"{name} stays behind"
            is_new = content != self.before.get(name)
            if name.endswith("manifest.json") and is_new and json.loads(content)["status"] == "complete":
                folder = os.path.dirname(name)
                missing = [own for own in self.reference if own.startswith(folder + "/") and own not in there]
                assert missing == [], f"{folder} is called complete, and lacks {missing}"


def contents(folder: Path) -> dict[str, bytes]:
    """All files under a folder, by path; of tables alone what they hold."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.suffix in TABLES else b""
            for path in sorted(folder.rglob("*")) if path.is_file() and "/runs/" not in path.as_posix()}
