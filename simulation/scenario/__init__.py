"""Scenarios: records with units and ranges, files with line numbers, populations drawn from distributions."""
