"""Logs: one line per event on standard error, ours by structlog and uvicorn's by logging, in one form."""

import logging
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configuration(level: str, form: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, in every worker; `form` is `json` or `console`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "server.logs.formatter", "form": form}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        # At `info` it tells what its requests to the database's thread are; uvicorn's own words are enough.
        "loggers": {"asyncio": {"level": "WARNING"}, "aiosqlite": {"level": "WARNING"}},
    }


def formatter(form: str) -> logging.Formatter:
    """The formatter of both; it also points structlog to logging, since it is made once in every process."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(form)],
    )


def _last(form: str) -> tuple[Processor, ...]:
    if form == "json":
        return (
            # Without the values of local variables: tokens are among them.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(sort_keys=True),
        )
    coloured = sys.stderr.isatty()
    return (structlog.dev.ConsoleRenderer(colors=coloured, exception_formatter=structlog.dev.plain_traceback),)
