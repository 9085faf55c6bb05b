"""The switchboard: app, settings, command line, tokens to principals, limits, background work. Nothing imports it."""
