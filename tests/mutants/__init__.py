"""Bugs planted on purpose, each a patch, and the proof that something here notices: `make mutants`."""
