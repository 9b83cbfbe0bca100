"""What comes with the program: scenarios, studies and propositions, in the installed package or in the repository."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from simulation.errors import Refusal
from simulation.scenario.validation import nearest, shown

PACKAGE = Path(__file__).parents[1]
SCENARIOS = "scenarios"
BASE, BASE_TITLE = "base.yaml", "Every parameter with its default, to be extended"
OUTERMOST_KEY = re.compile(r"^(\w+):", re.MULTILINE)
TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Example:
    """A file that comes with the program.

    Attributes
    ----------
    name : its path in the folder of scenarios, with slashes.
    keys : its outermost keys, which tell its kind.
    title : its title.
    path : where it lies.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    path: Path


def shipped(name: str) -> Path:
    """Where a file or folder lies that comes with the program; it may lie in neither place."""
    inside = PACKAGE / "shipped" / name  # put there when the package is built; pyproject.toml says from where
    return inside if inside.exists() else PACKAGE.parent / name


def examples() -> list[Example]:
    """All scenarios, studies and files of propositions that come with the program, studies last."""
    folder = shipped(SCENARIOS)
    paths = sorted(folder.rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    return [_example(path, path.relative_to(folder).as_posix()) for path in paths]


def example(name: str) -> Path:
    """The path of a file that comes with the program, such as ``russia-2005.yaml``. Raises `Refusal` for another name.

    To be read, or copied; whoever changes it where it lies changes it for every study that extends it.
    """
    known = {found.name: found.path for found in examples()}
    if name not in known:
        raise Refusal("comes not with the program", found=shown(name), allowed=", ".join(known),
                      suggestion=nearest(name, known))
    return known[name]


def beside_or_shipped(folder: Path, name: str) -> Path:
    """The file that another one names: in that one's folder or, where none lies there, what comes with the program.

    Only a bare name can mean the latter. It is said where it is used, but for the base.
    """
    beside = folder / name
    at_hand = shipped(SCENARIOS) / name
    if beside.exists() or Path(name).name != name or not at_hand.is_file():
        return beside
    if name != BASE:
        log.info("%s: not beside the file that names it; taken from what comes with the program", name)
    return at_hand


def _example(path: Path, name: str) -> Example:
    text = path.read_text(encoding="utf-8")
    title = TITLE.search(text)
    return Example(name, tuple(OUTERMOST_KEY.findall(text)), title.group(1) if title else BASE_TITLE, path)
