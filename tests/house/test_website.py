"""How the site is put together, as far as that needs no MkDocs: links, docstrings, addresses.

`make docs` does the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import simulation
from website.addresses import addresses_in
from website.gallery import COMMANDS
from website.pages import DOCS, OWN_NAMES, ROOT, files_linked, led, place_of
from website.reference import RECORDS

CONFIGURATION = (ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "link", "there"), [
    ("README.md", "[x](docs/how-to/report.md)", "[x](how-to/report.md)"),
    ("docs/how-to/report.md", "[x](../sweeps.md#a-cluster)", "[x](../sweeps.md#a-cluster)"),
    ("docs/tutorial.md", "[x](../README.md)", "[x](index.md)"),
    ("docs/commands.md", "[x](../results/README.md)", "[x](results.md)"),
    ("docs/how-to/report.md", "[x](../../scenarios/base.yaml)", "[x](../scenarios/base.yaml)"),
    ("README.md", "[x](https://doi.org/10.1) and [y](#here)", "[x](https://doi.org/10.1) and [y](#here)")])
def test_links_lead_to_where_things_lie_on_the_site(page, link, there):
    assert led(link, ROOT / page) == there


def test_what_pages_link_to_is_there():
    pages = [*(ROOT / name for name in OWN_NAMES), *DOCS.rglob("*.md")]
    missing = [file for page in pages for file in files_linked(page.read_text(encoding="utf-8"), page)
               if not file.is_file()]
    assert missing == []


def test_the_contents_name_every_page_once():
    named = re.findall(r": ([\w/.-]+\.md)$", CONFIGURATION, re.MULTILINE)
    assert len(named) == len(set(named))
    pages = {place_of(page).as_posix() for page in [*(ROOT / name for name in OWN_NAMES), *DOCS.rglob("*.md")]}
    course = {f"notebooks/{path.stem}.md" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(named) == pages | course | {"python-reference.md"}
    assert yaml.safe_load(CONFIGURATION)["theme"]["font"] is False


@pytest.mark.parametrize(("text", "addresses"), [
    ('<script src="https://a.org/x.js"></script><img src=//b.org/y.png>', ["https://a.org/x.js", "//b.org/y.png"]),
    ('<link rel="stylesheet" href="https://c.org/z.css">', ["https://c.org/z.css"]),
    ("@import 'https://d.org/a.css'; @font-face{src:url(https://e.org/f.woff)}", ["https://d.org/a.css",
                                                                                   "https://e.org/f.woff"]),
    ('<a href="https://doi.org/10.1">read</a><link rel="canonical" href="https://f.org/"><img src="a/b.png">', [])])
def test_what_is_loaded_from_elsewhere_is_found(text, addresses):
    assert addresses_in(text) == addresses


def test_sections_of_docstrings_become_lists():
    griffe = pytest.importorskip("griffe")
    from website.docstrings import as_markdown

    assert griffe
    docstring = "What it is.\n\nParameters\n----------\na, b : one\n    and two.\nc : three; d : four.\n\nRaises it."
    assert as_markdown(docstring) == ("What it is.\n\n**Parameters**\n\n* `a`, `b`: one and two.\n* `c`: three.\n"
                                      "* `d`: four.\n\nRaises it.")


def test_records_that_come_back_have_a_place_on_the_page():
    for name, place in RECORDS.items():
        module, _, found = place.rpartition(".")
        assert found == name
        assert (ROOT / Path(*module.split("."))).with_suffix(".py").is_file()
    assert simulation._PUBLIC


def test_every_section_of_the_gallery_has_commands():
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert [section.split("\n")[0] for section in text.split("\n## ")[1:] if not COMMANDS.search(section)] == []


LISTED = re.compile(r"([*-]|\d+\.) ")


def test_lists_begin_after_a_blank_line_else_the_site_writes_them_into_the_paragraph():
    broken = []
    for page in [*(ROOT / name for name in OWN_NAMES), *DOCS.rglob("*.md")]:
        is_listing, is_code, before = False, False, ""
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            is_code ^= line.startswith("```")
            if not is_code and LISTED.match(line):
                if before and not is_listing:
                    broken.append(f"{page.name}:{number}")
                is_listing = True
            elif not line.startswith(" ") and line:
                is_listing = False
            before = line
    assert broken == []
