"""What ``import simulation`` offers beyond what single packages define: results as data frames and figures.

The names are listed in `simulation.__all__`; this package is imported only through them.
"""
