"""What a profile is between its points, told by `profiles` and drawn by the figures alike.

The root of the fall from the maximum is taken as straight, which it is of a parabola: straight lines between few values
of a steep profile would make its ends far too narrow.
"""

from __future__ import annotations

import numpy as np

CUTOFF = 1.92
"""Half of the 95% quantile of chi-squared with one degree of freedom: the fall of the log likelihood at the ends of an
interval by likelihood ratio, were rows independent."""


def place_and_root(value: np.ndarray, height: np.ndarray, is_by_logarithm: bool) -> tuple[np.ndarray, np.ndarray]:
    """Where points stand, by the logarithm of the parameter or by itself, and the root of their fall from the maximum,
    negative before it: straight from point to point."""
    side = np.where(np.arange(value.size) < np.argmax(height), -1.0, 1.0)
    return np.log(value) if is_by_logarithm else value, side * np.sqrt(height.max() - height)
