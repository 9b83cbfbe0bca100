"""Figures: a table or a history in, a figure for the printed page out; nothing is computed here beyond aggregation."""
