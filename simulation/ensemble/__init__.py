"""Histories without an object per agent: the same year as the agents live it, compiled, bit for bit.

`world`: what no history changes, as arrays; `life`: what one history changes; `year`: the phases of a year; `engine`:
from a scenario to histories and measures.
"""
