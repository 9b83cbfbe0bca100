"""Pages whose commands are run for the site, with the pictures that each made below it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from website.pages import ROOT
from website.pictures import width_of

WITH_PICTURES = ("gallery.md", "how-to/draw-outcomes.md")
COMMANDS = re.compile(r"^```(?P<language>sh|python)\n(?P<lines>.*?)^```$", re.DOTALL | re.MULTILINE)


def write_gallery(pages: Path, work: Path) -> None:
    """Runs the commands of the pages in order, in a folder that has the scenarios, and puts pictures behind them."""
    for name in WITH_PICTURES:
        page = pages / name
        seen = pictures_in(work)
        text = page.read_text(encoding="utf-8")
        parts, end = [], 0
        for block in COMMANDS.finditer(text):
            run(block["lines"], block["language"], work)
            made = pictures_in(work)
            new = sorted((path for path, written in made.items() if seen.get(path) != written), key=made.__getitem__)
            parts += [text[end:block.end()], *(shown(path, page, work) for path in new)]
            seen, end = made, block.end()
        page.write_text("".join([*parts, text[end:]]), encoding="utf-8")


def pictures_in(work: Path) -> dict[Path, int]:
    """Every picture in a folder, with the time at which it was written."""
    return {path: path.stat().st_mtime_ns for path in work.rglob("*.png")}


def run(lines: str, language: str, work: Path) -> None:
    """Runs a block; whatever fails ends the building of the site."""
    programs = [[sys.executable, "-c", lines]] if language == "python" else [
        [sys.executable, "-m", "simulation", *shlex.split(line)[1:]] for line in lines.splitlines()]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for program in programs:
        print(" ".join(program[3:]) or "python", flush=True)
        done = subprocess.run(program, cwd=work, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{shlex.join(program[1:])}\n{done.stdout}{done.stderr}")


def shown(picture: Path, page: Path, work: Path) -> str:
    """The lines that show a picture, which is copied beside the page."""
    place = page.parent / "pictures" / page.stem / "-".join(picture.relative_to(work / "results").parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(picture, place)
    words = picture.stem.replace("-", " ").replace("_", " ")
    return f"\n\n![{words}]({place.relative_to(page.parent).as_posix()}){width_of(picture.read_bytes())}"
