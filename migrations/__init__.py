"""The tables' history: one file per step in `versions`, run by server/migrating.py on either engine.

A migration is frozen once released: it imports nothing of `models`, whose tables go on changing.
tests/migrations holds that the steps together give exactly the tables of `models`.
"""
