"""The pages that lie in the repository, copied for the site, their links led to where things lie there."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
STYLE = ROOT / "website" / "site.css"
OWN_NAMES = {"README.md": "index.md", "results/README.md": "results.md", "CHANGELOG.md": "changelog.md",
             "CONTRIBUTING.md": "contributing.md"}
"""Pages outside docs/, and what the site calls them."""
LINK = re.compile(r"\]\((?P<target>(?!https?:|#)[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def copy_pages(pages: Path) -> None:
    """Copies every page, and what pages link to or show besides."""
    named = [ROOT / name for name in OWN_NAMES]
    pages.mkdir(parents=True)
    shutil.copy(STYLE, pages / STYLE.name)
    for page in [*named, *sorted(DOCS.rglob("*.md"))]:
        place = pages / place_of(page)
        place.parent.mkdir(parents=True, exist_ok=True)
        text = page.read_text(encoding="utf-8")
        place.write_text(led(text, page), encoding="utf-8")
        for file in files_linked(text, page):
            (pages / place_of(file)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, pages / place_of(file))


def place_of(file: Path) -> Path:
    """Where the site has a file of the repository, from the site's root."""
    name = file.resolve().relative_to(ROOT).as_posix()
    return Path(OWN_NAMES.get(name, name.removeprefix("docs/")))


def led(text: str, page: Path) -> str:
    """The text of a page with its links as the site needs them."""

    def link(found: re.Match[str]) -> str:
        target = place_of(page.parent / found["target"])
        return f"]({Path(os.path.relpath(target, place_of(page).parent)).as_posix()}{found['anchor'] or ''})"

    return LINK.sub(link, text)


def files_linked(text: str, page: Path) -> list[Path]:
    """What a page links to or shows that is no page."""
    targets = [(page.parent / found["target"]).resolve() for found in LINK.finditer(text)]
    return [target for target in targets if target.suffix != ".md"]
