"""Every command as it is hurt: the words that are typed, where it writes, and the folder that it is typed in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from simulation.compiled_code.cache import cache_folder
from simulation.study.manifest import write_manifest
from tests.faults.processes import typed
from tests.propositions import write_propositions
from tests.record import dyads
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, write_study

OUT = "out"
"""What `{out}` stands for: a folder or a file that is not there yet."""
MORRIS = STUDY[:STUDY.index("design:")].replace("tiny-study", "morris") + f"""design:
  morris:
    trajectories: 4
    axes:
      {WAR_COST}: {{from: 0.0, to: 2.0}}
      {REACH}: {{from: 300.0, to: 3000.0}}
replications: 4
"""
RECORD = "--data dyads.csv --years 1998-2002"
OF_THE_RECORD = {"P:": "RUS:", ".P.": ".RUS.", " A:": " CAN:", " B:": " BHM:", " C:": " CUB:", "tiny": "placed"}
"""What in the tiny scenario and study stands for whom in the dyads."""
CACHE = "ASYMMETRIC_ALLIANCES_CACHE"
LACKING = shutil.ignore_patterns("measures.evaluate*", "*.lock", "*.compiled")
"""Functions that take some seconds to compile and that nothing compiled calls, the locks of those who compile, and the
marks of what is compiled."""


@dataclass(frozen=True)
class Command:
    """A command on the folder of `workplace`.

    words : as typed, `{out}` where it writes.
    writes : "folder" or "file" at `{out}`, "inside" the folder of results that it is given, compiled code into a
        "cache" of its own, which lacks some, or "nothing".
    changes : what else it may change, as the beginning of paths.
    has_workers : whether it is typed with two processes.
    is_endless : whether it goes on until it is ended.
    """

    words: str
    writes: str = "nothing"
    changes: tuple[str, ...] = ()
    has_workers: bool = False
    is_endless: bool = False

    @property
    def refuses_what_is_there(self) -> bool:
        """Whether it does not do again what is done."""
        return self.writes == "file" or self.words.startswith("init ")

    def typed(self, out: str = OUT) -> list[str]:
        """The words with a place to write."""
        return self.words.replace("{out}", out).split()


COMMANDS = {
    "validate": Command("validate tiny.yaml study.yaml propositions.yaml"),
    "plan": Command("plan study.yaml"),
    "run": Command("run tiny.yaml --out {out}", "folder"),
    "sweep": Command("sweep study.yaml -j 1 --replications 1000 --out {out}", "folder"),
    "sweep -j 2": Command("sweep study.yaml -j 2 --replications 7000 --out {out}", "folder", has_workers=True),
    "resume": Command("resume half -j 1", "inside", ("half",)),
    "merge": Command("merge part1 part2 --out {out}", "folder"),
    "status": Command("status swept"),
    "sensitivity": Command("sensitivity morris", "inside", ("morris",)),
    "verify": Command("verify swept -k 2 --seed 1"),
    "export": Command("export swept --format csv --out {out}.csv", "file"),
    "export --package": Command("export swept --package {out}.zip", "file"),
    "figures": Command("figures swept --out {out}", "folder"),
    "report": Command("report swept --out {out}.html", "file"),
    "demo": Command("demo -j 1 --out {out}", "folder"),
    "solve": Command("solve tiny.yaml --out {out}", "folder"),
    "compare": Command(f"compare tiny.yaml --against {WAR_COST}=2 --out {{out}}", "folder"),
    "confront": Command("confront tiny.yaml --histories 1 --out {out}.json", "file"),
    "statics": Command(f"statics tiny.yaml --vary {WAR_COST}=0:1:3 -j 1 --out {{out}}", "folder"),
    "test": Command("test propositions.yaml --replications 10 -j 1 --out {out}", "folder"),
    "scope": Command("scope propositions.yaml right --points 8 --replications 6 -j 1 --out {out}", "folder"),
    "multiverse": Command("multiverse propositions.yaml right --replications 6 -j 1 --out {out}", "folder"),
    "decompose": Command("decompose tiny.yaml --replications 5 -j 1 --out {out}", "folder"),
    "portfolios": Command("portfolios tiny.yaml --replications 5 -j 1 --out {out}", "folder"),
    "reversal": Command(f"reversal tiny.yaml --vary {WAR_COST}=0:1:3 --replications 5 -j 1 --out {{out}}", "folder"),
    "trace": Command(f"trace tiny.yaml --against {WAR_COST}=2 --out {{out}}.json", "file"),
    "why": Command(f"why tiny.yaml A --histories 0 --parameter {WAR_COST} --out {{out}}.json", "file"),
    "picture": Command("picture tiny.yaml --state A --out {out}", "folder"),
    "record scenario": Command("record scenario --power RUS --year 2000 --data dyads.csv -o {out}.yaml", "file"),
    "record fit": Command(f"record fit {RECORD} --terms core --draws 20 --out {{out}}", "folder"),
    "record score": Command("record score --data dyads.csv --years 1996-2003 --until 2006 --draws 20 --out {out}",
                            "folder"),
    "record profile": Command(f"record profile {RECORD} --terms core --parameter regime --points 5 --out {{out}}",
                              "folder"),
    "record moments": Command(f"record moments placed {RECORD} --out {{out}}", "folder"),
    "explore": Command("explore tiny.yaml --no-open --port 0", is_endless=True),
    "compile": Command("compile -j 2", "cache", has_workers=True),
    "init": Command("init {out}", "folder"),
    "examples": Command("examples"),
    "describe": Command("describe war_cost"),
    "schema": Command("schema --out {out}.json", "file"),
}
LONG = ("sweep", "test", "statics", "sensitivity", "record score")
"""The commands that are interrupted a hundred times."""
PREPARED = {
    "swept": "sweep study.yaml -j 1 --out swept", "morris": "sweep morris.yaml -j 1 --out morris",
    "part1": "sweep study.yaml -j 1 --part 1/2 --out part1", "part2": "sweep study.yaml -j 1 --part 2/2 --out part2",
    "half": "sweep half.yaml -j 1 --out half", "placed": "sweep placed-study.yaml -j 1 --out placed"}
"""Results that commands are given, and how they are made."""


def workplace(folder: Path) -> Path:
    """A folder with a scenario, studies, propositions and invented dyads."""
    write_study(folder)
    write_propositions(folder)
    (folder / "morris.yaml").write_text(MORRIS)
    (folder / "half.yaml").write_text(STUDY.replace("replications: 3", "replications: 300"))
    for name, text in (("placed", SCENARIO), ("placed-study", STUDY)):
        for old, new in OF_THE_RECORD.items():
            text = text.replace(old, new)
        (folder / f"{name}.yaml").write_text(text)
    dyads(states=60, years=range(1996, 2009)).to_csv(folder / "dyads.csv", index=False)
    return folder


def prepare(folder: Path, command: Command, begin: Callable[..., CompletedProcess[str]] = typed) -> None:
    """Makes the results that a command is given, if they are not there yet."""
    for name, words in PREPARED.items():
        if name in command.words.split() and not (folder / name).exists():
            done = begin(words.split(), folder)
            assert done.returncode == 0, done.stderr
            if name == "half":
                _halve(folder / name)


def _halve(folder: Path) -> None:
    """What is left of a sweep that was killed half-way."""
    manifest = json.loads((folder / "manifest.json").read_text())
    ended = "completed_utc", "histories"
    write_manifest(folder, {name: manifest[name] for name in manifest if name not in ended} | {"status": "running"})
    for shard in sorted((folder / "runs").iterdir())[1:]:
        shard.unlink()
    (folder / "runs.csv").unlink()


def copied(workplace: Path, to: Path) -> Path:
    """A copy to be hurt."""
    shutil.copytree(workplace, to, symlinks=True)
    return to


def surroundings_of(command: Command, folder: Path) -> dict[str, str]:
    """What else a command on a copy finds in its environment: where it is to compile, a cache beside the folder that
    lacks a few functions."""
    if command.writes != "cache":
        return {}
    whole, cache = cache_folder(), folder.parent / "cache"
    if not cache.exists():
        shutil.copytree(whole, cache.joinpath(*whole.parts[-3:]), copy_function=_linked, ignore=LACKING)
    return {CACHE: str(cache)}


def _linked(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # another file system
        shutil.copy2(source, to)
