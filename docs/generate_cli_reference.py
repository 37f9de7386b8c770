"""Writes docs/reference/cli.md from the commands' own --help; --check only says whether the file is up to date."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from synthvis.cli import COMMANDS, cli
from synthvis.cli.shared.help import SHOW_ALL

REFERENCE = Path(__file__).parent / "reference" / "cli.md"
HEADER = "# Command line reference\n\nGenerated from `--help` by `make docs`; do not edit.\n"


def reference() -> str:
    """The whole page as Markdown."""
    sections = [HEADER, section("synthvis", cli)]
    for name, (module, _) in COMMANDS.items():
        command = importlib.import_module(module).command
        sections.append(section(f"synthvis {name}", command))
        if isinstance(command, click.Group):
            sections.extend(section(f"synthvis {name} {sub}", each) for sub, each in command.commands.items())
    return "\n".join(sections)


def section(path: str, command: click.Command) -> str:
    """One command's heading and help text."""
    settings = {**cli.context_settings, "terminal_width": 100}
    settings.pop("auto_envvar_prefix", None)
    with click.Context(command, info_name=path, **settings) as ctx:
        ctx.meta[SHOW_ALL] = True
        return f"## {path}\n\n```text\n{command.get_help(ctx)}\n```\n"


def main() -> int:
    """Write or check the page."""
    text = reference()
    if "--check" not in sys.argv:
        REFERENCE.write_text(text)
        return 0
    if REFERENCE.exists() and REFERENCE.read_text() == text:
        return 0
    sys.stderr.write(f"{REFERENCE} is not what --help says; run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
