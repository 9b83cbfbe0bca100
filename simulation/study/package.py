"""A replication package: a sweep as one archive with all that is needed to repeat it elsewhere.

Entries stand in a fixed order under a fixed date, so that the same folder gives the same archive.
"""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path
from typing import IO

from simulation.errors import ResultsError
from simulation.scenario.shipped import shipped
from simulation.study.export import PLAIN, Source, refuse_unfinished, write_csv
from simulation.study.manifest import DISTRIBUTION, MANIFEST_FILE, Manifest
from simulation.study.output_place import refuse_place
from simulation.study.plan import SCENARIO_FILE
from simulation.study.store import FAILURES_FILE, STUDY_FILE, TABLE_FILE, ResultsFolder, shard_name
from simulation.study.tables import write_whole

REQUIREMENTS_FILE, README_FILE = "requirements.txt", "README.md"
BESIDE_THE_PROGRAM = ("CITATION.cff", "LICENSE", "constraints.txt", "docs/model.md")
"""Files that come with the program and go along."""

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the first that the format of archives can say."""


def write_package(folder: ResultsFolder, path: Path, is_partial: bool = False) -> int:
    """Writes the replication package of a sweep to `path`; gives the number of histories in it.

    is_partial : whether what is there of an unfinished sweep is enough.

    Raises `ResultsError` if there is a file at `path`, no folder for it, a history missing or a shard damaged.
    """
    refuse_place(path, "--package")
    histories = refuse_unfinished(folder, is_partial)
    write_whole(path, lambda file: _write(folder, file, histories))
    return histories


def _write(folder: ResultsFolder, file: IO[bytes], histories: int) -> None:
    files = _files(folder)
    texts = {REQUIREMENTS_FILE: requirements(folder.manifest), README_FILE: readme(folder, histories)}
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted([*files, *texts, TABLE_FILE]):
            with archive.open(_entry(name), "w", force_zip64=True) as inside:
                if name == TABLE_FILE:
                    write_csv(Source(folder), PLAIN, inside)
                else:
                    inside.write(texts[name].encode() if name in texts else _bytes(files[name]))


def _files(folder: ResultsFolder) -> dict[str, Path]:
    shards = [f"{kind}/{shard_name(*span)}" for kind in ("runs", *folder.yearly) for span in folder.spans]
    names = [MANIFEST_FILE, SCENARIO_FILE, STUDY_FILE, *shards]
    files = {name: folder.path / name for name in names}
    beside = {name: shipped(name) for name in BESIDE_THE_PROGRAM} | {FAILURES_FILE: folder.path / FAILURES_FILE}
    return files | {name: path for name, path in beside.items() if path.is_file()}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({error.strerror})") from None


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.create_system = 3  # as on Unix, wherever it is made
    entry.external_attr = 0o100644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
    return entry


def requirements(manifest: Manifest) -> str:
    """The libraries on which the numbers stand, each at the version that the sweep was last carried on with."""
    versions = manifest["invocations"][-1]["libraries"] if manifest["invocations"] else {}
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()) if version != "unknown")


def repeating(folder: ResultsFolder) -> str:
    """The command that repeats the sweep; what a rule or a part asks for included."""
    plan = folder.plan
    words = [DISTRIBUTION, "sweep", STUDY_FILE]
    words += [] if plan.rule else ["--replications", str(plan.replications)]
    words += ["--part", str(plan.part)] if plan.part else []
    return shlex.join([*words, "--out", "repeated"])


def readme(folder: ResultsFolder, histories: int) -> str:
    """How to repeat the sweep in two commands."""
    manifest, last = folder.manifest, (folder.manifest["invocations"] or [{}])[-1]
    whole = "" if histories == folder.wanted() else "\nThe sweep was not finished: some of its histories are missing.\n"
    return f"""# {manifest["study"].get("title") or manifest["name"]}

{histories} histories, seed {manifest["seed"]}, identity `{manifest["identity"]}`.
{whole}
Made by asymmetric-alliances {manifest["version"]} (model sources `{manifest["model_sources"]}`, commit
{last.get("git_commit") or "unknown"}) on Python {last.get("python", "unknown")}, {last.get("platform", "unknown")}.

## To repeat it

With that version of the program's source in the folder PROGRAM:

```
python -m pip install PROGRAM -r {REQUIREMENTS_FILE}
{repeating(folder)}
```

`repeated/{TABLE_FILE}` then equals `{TABLE_FILE}` here to the last bit; a table too large for a text stays in `runs/`.
`constraints.txt`, where it is here, names the versions of all other libraries that the program is tested with.
"""
