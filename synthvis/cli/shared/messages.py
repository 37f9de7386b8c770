"""Messages for the user on stderr: those of the commands, and what the rooms below tell the logger `synthvis`."""

from __future__ import annotations

import logging

__all__ = ["say", "show_messages"]


def say(text: str) -> None:
    """Print a line on stderr, as it is."""
    from synthvis.ui.console import stderr_console

    stderr_console().print(text, markup=False, highlight=False, soft_wrap=True)


class ConsoleHandler(logging.Handler):
    """Prints each message as one line on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message."""
        say(record.getMessage())


def show_messages() -> None:
    """Print messages of level INFO and above from now on."""
    logger = logging.getLogger("synthvis")
    if not any(isinstance(handler, ConsoleHandler) for handler in logger.handlers):
        logger.addHandler(ConsoleHandler())
    logger.setLevel(logging.INFO)
