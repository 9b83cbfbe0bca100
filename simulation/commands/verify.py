"""``verify``: is a results folder as it was written, and do histories of a sweep, drawn at random, come out the same
again without the compiler, bit for bit?"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.options import refuse_outside
from simulation.errors import Refusal
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.study.store import ResultsFolder
    from simulation.study.verification import Verification

MOST_HISTORIES = 1_000_000
DRAWS = 2**31
DIFFERENT = 1

Folder = Annotated[Path, typer.Argument(
    metavar="FOLDER", help="Results folder; of a sweep, finished or not, histories are run again.",
    show_default=False)]
Number = Annotated[int, typer.Option("-k", "--histories", metavar="N", help="Histories that are run again.")]
Seed = Annotated[int | None, typer.Option(
    "--seed", metavar="N", help="Seed of the draw among the histories; without it others each time.",
    show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def verify(folder: Folder, number: Number = 20, seed: Seed = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    if not 1 <= number <= MOST_HISTORIES:
        raise Refusal("out of range", found=str(number), allowed=f"1 to {MOST_HISTORIES}", file="-k")
    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    # what a refused option should not wait for
    from simulation.study.checksums import changed_files, known_checksums
    from simulation.study.manifest import ANY, SWEEP, kind_of, read_manifest

    manifest = read_manifest(folder, ANY)
    known = known_checksums(manifest)
    changed = dict(changed_files(folder, known))
    for name, problem in changed.items():
        typer.echo(f"difference: {folder / name}: {problem}", err=True)
    files: dict[str, Any] = {"files": len(known), "changed": changed}
    if changed or kind_of(manifest) != SWEEP:
        _tell_of_files(folder, files, as_json)
    else:
        _run_again(folder, number, seed, as_json, files)
    if changed:
        raise typer.Exit(DIFFERENT)


def _tell_of_files(folder: Path, files: dict[str, Any], as_json: bool) -> None:
    """Prints which files are as they were written, and nothing of histories."""
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "same": not files["changed"], **files}, indent=2,
                              ensure_ascii=False))
    elif not files["files"]:
        typer.echo("no checksums to compare: the folder is unfinished, or of an earlier version of the program")
    else:
        typer.echo(f"{files['files'] - len(files['changed'])} of {files['files']} files are as they were written")


def _run_again(folder: Path, number: int, seed: int | None, as_json: bool, files: dict[str, Any]) -> None:
    """Runs histories of a sweep again; exit status 1 if one differs."""
    from simulation.commands.progress import Bar
    from simulation.study.store import open_results
    from simulation.study.verification import verify_rows

    results = open_results(folder)
    seed = random.randrange(DRAWS) if seed is None else seed
    bar = Bar()
    bar.begin(min(number, results.covered()), 0)
    try:
        found = verify_rows(results, number, seed, bar.advance)
    finally:
        bar.end()
    _tell(results, found, seed, as_json, files)
    if found.difference:
        raise typer.Exit(DIFFERENT)


def _tell(results: ResultsFolder, found: Verification, seed: int, as_json: bool, files: dict[str, Any]) -> None:
    """Prints what was found; a difference goes to standard error, with what may have made it."""
    if as_json:
        typer.echo(json.dumps(_document(results, found, seed) | files, indent=2, ensure_ascii=False))
    else:
        agreeing = len(found.checked) - bool(found.difference)
        left_out = f"; {found.failed} that failed are left out" if found.failed else ""
        typer.echo(f"{agreeing} of {found.there} histories run again by the interpreter: same to the last bit"
                   f" (draw {seed}{left_out})")
    if found.difference:
        typer.echo(f"difference: {found.difference.sentence()}{_other_sources(results)}", err=True)


def _other_sources(results: ResultsFolder) -> str:
    """What explains a difference that is no fault: the program has changed since."""
    from simulation.study.manifest import model_sources

    made_by = results.manifest.get("model_sources")
    return "" if made_by == model_sources() else f" (the folder was made by other sources of the program: {made_by})"


def _document(results: ResultsFolder, found: Verification, seed: int) -> dict[str, Any]:
    """What was found as plain data; NaN is null."""
    from simulation.commands.console import or_null

    difference = found.difference and {name: or_null(value) for name, value in found.difference._asdict().items()}
    return {"folder": str(results.path), "same": found.difference is None, "draw_seed": seed,
            "histories": found.there, "failed": found.failed, "checked": list(found.checked),
            "difference": difference}
