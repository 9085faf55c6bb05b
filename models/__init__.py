"""Nouns: tables, values, invariants, refusals. Imports the standard library, SQLAlchemy and value libraries only."""
