"""From tables of sweeps to answers: which parameters matter, and how much."""
