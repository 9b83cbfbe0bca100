"""Text files of tables, as spreadsheets, R and Stata write them: how they are decoded, and what parts their columns.

Read are: UTF-8 with or without a byte order mark, plain or gzip; columns separated by commas, semicolons or tabs. Where
semicolons separate them, numbers may have decimal commas. Called for tables of points and for tables of dyads.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import NamedTuple

from simulation.errors import Refusal

SEPARATORS = (",", ";", "\t")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


class SeparatedText(NamedTuple):
    """The text of a table, the sign between its columns, and whether its numbers may have decimal commas."""

    text: str
    separator: str
    has_decimal_commas: bool


def read_separated(path: Path) -> SeparatedText:
    """A file's text. Raises `Refusal` if there is none, or if it is not UTF-8 or a damaged archive."""
    text = _decoded(path)
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    return SeparatedText(text, separator, separator == ";")


def with_decimal_point(cell: str) -> str:
    """A cell with a point where it is a number with a decimal comma; any other cell as it is."""
    return cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell.strip()) else cell


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise Refusal("no such file", file=str(path)) from None
    except UnicodeDecodeError as error:
        line = error.object[:error.start].count(b"\n") + 1
        raise Refusal("not UTF-8", found=f"the byte 0x{error.object[error.start]:02x}", allowed="text saved as UTF-8",
                      file=str(path), line=line) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Refusal("damaged", allowed="a whole gzip file", file=str(path)) from None
