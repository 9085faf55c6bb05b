"""Voucherify's REST dialect below /v1/ and /client/v1/: names, answers and refusals as its SDKs expect them.

A noun is one file of handlers (`campaigns.py`) with its `ROUTES`, and one line in `app.py`. A handler parses, calls one
verb, represents: what is asked and what it means is decided in `resolvers/`, what it is called here, here.
"""
