"""The manifest: all that is needed to repeat a sweep, written before its first history."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import simulation
from simulation.compiled_code.cache import sources_hash
from simulation.errors import Refusal, ResultsError
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, shown, validated
from simulation.study.checksums import OWN, manifest_checksum
from simulation.study.parts import part_in
from simulation.study.plan import Plan
from simulation.study.study_file import Study
from simulation.study.tables import write_text

FORMAT = 1
MANIFEST_FILE = "manifest.json"
DISTRIBUTION = "asymmetric-alliances"
LIBRARIES = ("mesa", "numpy", "numba", "llvmlite", "pydantic", "pandas", "pyarrow")
MOVES_NO_NUMBER = ("analysis", "commands", "compiled_code", "explorer", "figures", "interface", "propositions",
                   "record", "report", "study", "__main__.py", "errors.py", "scenario/schema.py", "scenario/file.py",
                   "scenario/shipped.py", "scenario/yaml_text.py", "scenario/validation.py", "scenario/broken_terms.py",
                   "scenario/state_order.py", "history/tables.py")
SAME_NUMBERS: frozenset[str] = frozenset()
"""Hashes of earlier sources that gave the numbers of today, to the last bit, as `tests/frozen` holds: their folders can
be gone on with and merged. To be emptied when a number moves."""
MOVES_SOME = ("study/derived_values.py",)
"""What does move numbers in a room that otherwise moves none: the measures of a study's own."""

SWEEP, RUN, ANY = "a sweep", "a run", "a sweep, a run, equilibria, propositions or the record"
SOLVE, STATICS, COMPARISON = "a search for equilibria", "comparative statics", "a comparison"
TEST, SCOPE, MULTIVERSE = "a test of propositions", "the scope of a proposition", "a multiverse of assumptions"
RECORD = "a study of the record"
KINDS = {SWEEP: "points", RUN: "replication", SOLVE: "exhaustive", STATICS: "vary", COMPARISON: "compared",
         TEST: "tested", SCOPE: "scope", MULTIVERSE: "multiverse", RECORD: "record"}
"""Kinds of results folders, each with an entry that only its manifest has."""

Manifest = dict[str, Any]


def new_manifest(plan: Plan) -> Manifest:
    """The manifest of a sweep that has not begun."""
    return {
        "format": FORMAT, "name": plan.study.name, "identity": plan.identity, "version": version(),
        "model_sources": model_sources(), "status": "begun", "created_utc": now(), "seed": plan.study.seed,
        "replications": plan.replications, "number_of_points": len(plan.points),
        "until": plan.rule.model_dump() if plan.rule else None, "study": plan.resolved_study(),
        "study_text": plan.text, "part": str(plan.part) if plan.part else None,
        "points": list(plan.points), "scenario": plan.scenario.resolved(), "invocations": [],
    }


def invocation(command: list[str]) -> dict[str, Any]:
    """When, how and on what a sweep was begun or continued."""
    return {"utc": now(), "command": command, "python": platform.python_version(), "libraries": libraries(),
            "platform": platform.platform(), "machine": platform.machine(), "git_commit": git_commit(),
            "compiled_sources": sources_hash()}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest whole, with a checksum of itself."""
    manifest = manifest | {OWN: manifest_checksum(manifest)}
    write_text(folder / MANIFEST_FILE, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path, of: str = SWEEP) -> Manifest:
    """The manifest of a results folder: of a sweep, or `of` another kind or `ANY` kind.

    Raises `ResultsError` if there is none that can be read.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        below = sorted(file.parent.name for file in folder.glob(f"*/{MANIFEST_FILE}"))
        other = f"; there is one in {listed(below, 3)} below it" if below else ""
        raise ResultsError(f"{folder}: no results of {of} (there is no {MANIFEST_FILE}{other})") from None
    except (OSError, ValueError):
        raise ResultsError(f"{path}: cannot be read") from None
    kind = kind_of(manifest)
    if kind is None:
        raise ResultsError(f"{path}: not what this program writes, so damaged, or of another version of it; run the"
                           " command again that made the folder, into another")
    if of not in (kind, ANY):
        raise ResultsError(f"{folder}: holds {kind}, not {of}; give another folder ({DISTRIBUTION} status FOLDER"
                           " tells what one holds)")
    if manifest.get(OWN, found := manifest_checksum(manifest)) != found:
        raise ResultsError(f"{path}: changed since it was written; put back what it was, or run the command again into"
                           " another folder")
    return manifest


def kind_of(manifest: Any) -> str | None:
    """What a manifest is of, one of `KINDS`; None if it is no manifest in this format."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return None
    return next((kind for kind, entry in KINDS.items() if entry in manifest), None)


def plan_in(manifest: Manifest, folder: Path) -> Plan:
    """The plan that a manifest tells of. Raises `ResultsError` if the manifest does not agree with itself."""
    try:
        asked = {} if manifest.get("until") else {"replications": manifest["replications"]}
        study = validated(Study, manifest["study"] | asked)
        plan = Plan(study, validated(Scenario, manifest["scenario"]), tuple(manifest["points"]),
                    str(manifest["study_text"]), part_in(manifest["part"]) if manifest.get("part") else None)
    except (Refusal, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{folder / MANIFEST_FILE}: damaged ({error})") from None
    if plan.identity != manifest.get("identity"):
        raise ResultsError(f"{folder / MANIFEST_FILE}: changed since it was written; its identity does not fit")
    return plan


def refuse_difference(manifest: Manifest, plan: Plan, folder: Path) -> None:
    """Raises `ResultsError` naming the first difference between what a folder holds and what is asked of it."""
    wanted = new_manifest(plan)
    for name, words in (("version", "another version"), ("model_sources", "other sources")):
        if not is_same_program(name, manifest.get(name), wanted[name]):
            raise ResultsError(f"{folder}: made by {words} of the program ({shown(manifest.get(name))}, now"
                               f" {shown(wanted[name])}); remove the folder or give another with --out")
    if is_same_sweep(manifest, wanted) and manifest.get("part") == wanted["part"]:
        return
    raise ResultsError(f"{folder}: holds another sweep{difference_in_words(manifest, wanted, 'here')}")


def is_same_program(entry: str, there: Any, here: Any) -> bool:
    """Whether two manifests' entries for the program, its `version` or its `model_sources`, promise the same
    numbers."""
    known = (*SAME_NUMBERS, model_sources())  # compared, not hashed: a damaged manifest may hold anything
    return there == here or (entry == "model_sources" and there in known and here in known)


def is_same_sweep(there: Manifest, here: Manifest) -> bool:
    """Whether two manifests are of the same sweep, or of parts of it."""
    return all(there.get(name) == here.get(name) for name in ("identity", "name"))


def difference_in_words(there: Manifest, here: Manifest, place: str) -> str:
    """The first difference between two sweeps, as the end of a sentence; empty where none can be named."""
    for name in ("name", "seed", "scenario", "points", "until", "part"):
        words = "replications.until" if name == "until" else name
        difference = first_difference(there.get(name), here.get(name), words)
        if difference and not difference[0].startswith(("scenario.title", "scenario.description", "scenario.sources")):
            path, one, other = difference
            return f": {path} is {shown(one)} there and {shown(other)} {place}"
    return ""


def first_difference(there: Any, here: Any, path: str) -> tuple[str, Any, Any] | None:
    """Path and both values of the first leaf in which two pieces of plain data differ; None if they are equal."""
    if there == here:
        return None
    if isinstance(there, dict) and isinstance(here, dict):
        pairs = [(key, there.get(key), here.get(key)) for key in {**there, **here}]
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        pairs = [(str(place), *both) for place, both in enumerate(zip(there, here, strict=True))]
    else:
        return path, there, here
    differences = (first_difference(one, other, f"{path}.{key}") for key, one, other in pairs)
    return next(difference for difference in differences if difference)


def version() -> str:
    """Version of the program."""
    return str(simulation.__version__)


@functools.cache
def model_sources() -> str:
    """Hash of all sources that can move a number of a history."""
    package = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if name in MOVES_SOME or not {name, name.split("/")[0]} & set(MOVES_NO_NUMBER):
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def libraries() -> dict[str, str]:
    """Versions of the libraries on which numbers stand."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def git_commit() -> str | None:
    """The commit that the program runs from, marked where files have changed since; None without one."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        asked = [subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=True)
                 for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])]
    except (OSError, subprocess.SubprocessError):
        return None
    commit, changes = (done.stdout.strip() for done in asked)
    return commit + (" with changes" if changes else "")


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def command_line() -> list[str]:
    """What was typed, the program's own place left out."""
    return [DISTRIBUTION, *sys.argv[1:]]


