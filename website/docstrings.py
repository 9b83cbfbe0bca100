"""Docstrings as Markdown, the sections of the house as lists: an extension of Griffe, named in mkdocs.yml."""

from __future__ import annotations

import re
from typing import Any

import griffe

SECTION = re.compile(r"^(?P<name>[A-Z]\w+)\n-{3,}\n(?P<entries>(?:(?!\n\n).)*)", re.DOTALL | re.MULTILINE)
ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : (?P<meaning>.*(?:\n +.*)*)", re.MULTILINE)
BESIDE = re.compile(r"[.;]\s+(?=\w+(?:, \w+)* : )")  # a second entry on a line, after a full stop or semicolon


def as_markdown(docstring: str) -> str:
    """A docstring with its sections (a name, a line below it, entries) as lists with a heading in bold."""
    return SECTION.sub(lambda found: f"**{found['name']}**\n\n{_listed(found['entries'])}", docstring)


def _listed(entries: str) -> str:
    apart = BESIDE.sub(".\n", entries)
    return ENTRY.sub(lambda found: f"* {_code(found['names'])}: {' '.join(found['meaning'].split())}", apart)


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


class SectionsAsLists(griffe.Extension):
    """Applies `as_markdown` to every docstring that is shown."""

    def on_object(self, *, obj: griffe.Object, **_rest: Any) -> None:
        """Called by Griffe for each object that it has read."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)
