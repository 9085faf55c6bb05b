"""Measured, not believed: foyer beside plain servers that do the same work, in one run (docs/benchmarks.md).

Nothing outside this folder imports it. It starts every contender as a subprocess and speaks HTTP to it.
"""
