"""Asymmetric alliances: security for autonomy, as a simulation."""
