"""Verbs: what may happen and what can be read. No HTTP, no GraphQL; who may do what is decided here alone."""
