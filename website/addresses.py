"""What the pages of a site load from elsewhere: nothing may be."""

from __future__ import annotations

import re
from pathlib import Path

LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=["']?(?P<source>(?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b(?![^>]*rel=["']?canonical)[^>]*?\bhref=["']?(?P<linked>(?:https?:)?//[^"'\s>]+)"""
    r"""|url\(\s*["']?(?P<styled>(?:https?:)?//[^"'\s)]+)"""
    r"""|@import\s+["'](?P<imported>(?:https?:)?//[^"']+)""", re.IGNORECASE)


def loaded_from_elsewhere(site: Path) -> list[tuple[str, str]]:
    """(file, address) of all that pages and style sheets load from another host, to be shown or run."""
    files = sorted(path for path in site.rglob("*") if path.suffix in (".html", ".css"))
    return [(path.relative_to(site).as_posix(), address) for path in files
            for address in addresses_in(path.read_text(encoding="utf-8"))]


def addresses_in(text: str) -> list[str]:
    """The addresses of other hosts from which a page or style sheet loads; links that a reader may follow are none."""
    return [next(filter(None, found.groups())) for found in LOADED.finditer(text)]
