"""One thread for the libraries that fits call: a few thousand rows are too few to share out."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Keeps the libraries that are loaded to one thread: for some thousand rows they wait for each other, where other
    work is under way many times as long as they compute. The numbers are the same."""
    limits: AbstractContextManager[Any] = _libraries("sklearn" in sys.modules).limit(limits=1)
    return limits


@cache
def _libraries(_has_learning: bool) -> Any:
    """What can be limited, looked for once, and once more when scikit-learn has come, which brings a library of its
    own: a look takes as long as a small fit."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - nothing to limit before a library is loaded

    return ThreadpoolController()
