"""Prints the oldest release of every library that pyproject.toml allows; `make test-bounds` installs them.

What tests alone need is printed as it stands there: it may be as new as it likes.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
USED = ("sensitivity", "export", "dask")
"""Extras that the program itself uses."""
BOUND = re.compile(r"(?P<name>[\w.\[\]-]+)>=(?P<version>[\d.]+)(?:,.*)?")


def lowest() -> list[str]:
    """Requirements of the program and its extras at their lower bounds, then those of the tests."""
    extras = PROJECT["optional-dependencies"]
    own = PROJECT["dependencies"] + [entry for extra in USED for entry in extras[extra]]
    bounds = [BOUND.fullmatch(entry) for entry in own]
    assert all(bounds), "a dependency without a lower bound"
    names = {bound["name"] for bound in bounds}
    return [f"{bound['name']}=={bound['version']}" for bound in bounds] + [
        entry for entry in extras["test"] if re.split(r"[<>=]", entry)[0] not in names]


if __name__ == "__main__":
    print("\n".join(lowest()))
