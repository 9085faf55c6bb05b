"""Accents of REST: one package per dialect, which do not know each other. A door parses, calls one verb, represents."""
