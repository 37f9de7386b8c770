"""What the rooms below the command line tell the logger `synthvis`, shown on stderr."""

from __future__ import annotations

import logging

__all__ = ["show_messages"]


class _OnConsole(logging.Handler):
    """Prints each message as one line of talk."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message."""
        from synthvis.ui.console import talk_console

        talk_console().print(record.getMessage(), soft_wrap=True)


def show_messages() -> None:
    """Print messages of level INFO and above from now on."""
    logger = logging.getLogger("synthvis")
    if not any(isinstance(handler, _OnConsole) for handler in logger.handlers):
        logger.addHandler(_OnConsole())
    logger.setLevel(logging.INFO)
