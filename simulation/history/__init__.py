"""Histories: a year's decisions on arrays, Mesa's agents on top of them, and what is recorded and measured."""
