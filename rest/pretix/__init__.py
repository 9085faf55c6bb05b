"""pretix's REST dialect below /api/v1/: wire names, texts and statuses as pretix 2026.8 has them (docs/rest-pretix.md).

A noun is one file of handlers (`gift_cards.py`) with its `ROUTES`, and one line in `app.py`.
"""
