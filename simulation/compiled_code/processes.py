"""Other processes of Python that are to run this very program, wherever they are started from."""

from __future__ import annotations

import os
import sysconfig

from simulation.compiled_code.cache import PACKAGE_FOLDER


def own_program() -> dict[str, str]:
    """Variables of the environment by which another process finds this program, and not one of the same name that lies
    in the current folder."""
    place = str(PACKAGE_FOLDER.parent)
    is_installed = place in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    before = os.environ.get("PYTHONPATH", "")
    path = before if is_installed else os.pathsep.join(filter(None, [place, before]))
    return {"PYTHONSAFEPATH": "1"} | ({"PYTHONPATH": path} if path else {})
