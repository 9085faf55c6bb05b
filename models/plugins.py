"""The plugins of pretix that programs name. There is nothing behind them here: their names are kept, no more."""

# Those that are switched on for an organizer first, and then for its events.
ORGANIZER_PLUGINS: frozenset[str] = frozenset(("pretix.plugins.banktransfer",))
EVENT_PLUGINS: frozenset[str] = ORGANIZER_PLUGINS | frozenset(
    "pretix.plugins." + name
    for name in (
        *("autocheckin", "badges", "manualpayment", "paypal2", "reports", "returnurl", "sendmail", "statistics"),
        *("stripe", "ticketoutputpdf", "webcheckin"),
    )
)
# What a new event has where nothing else is asked for.
DEFAULT_PLUGINS: tuple[str, ...] = ("pretix.plugins.sendmail", "pretix.plugins.statistics")
