"""Help that shows what most need first, in sections, and options that say what the config of a training says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

__all__ = ["SHOW_ALL", "LayeredCommand", "SettingOption"]

SHOW_ALL = "synthvis.help_all"
"""Key of `click.Context.meta`: whether help lists every option."""


class LayeredCommand(click.Command):
    """A command whose --help lists some of its options, and --help-all every one, by section.

    Args:
        first: Names of the parameters that --help lists.
        sections: Names of parameters by section of --help-all; what is in none comes last.
    """

    def __init__(
        self, *args: Any, first: tuple[str, ...], sections: Mapping[str, tuple[str, ...]] | None = None, **values: Any
    ) -> None:
        super().__init__(*args, **values)
        self._first, self._sections = first, sections or {}
        self.params.append(
            click.Option(
                ["--help-all"], is_flag=True, is_eager=True, expose_value=False, callback=_show_all,
                help="Show every option and exit.",
            )
        )  # fmt: skip

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: those that most need, or all by section."""
        if ctx.meta.get(SHOW_ALL):
            self._write_all(ctx, formatter)
            return
        shown = {param.name: param for param in self.get_params(ctx)}
        last = self.get_help_option(ctx)
        names = (*self._first, "help_all", *([last.name] if last else []))
        rows = [record for name in names if (record := _record(shown.get(name), ctx))]
        with formatter.section("Options"):
            formatter.write_dl(rows)
        more = sum(isinstance(param, click.Option) for param in shown.values()) - len(rows)
        with formatter.section("More"):
            formatter.write_text(f"`{ctx.command_path} --help-all` shows {more} more options.")

    def _write_all(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = {param.name: record for param in self.get_params(ctx) if (record := _record(param, ctx))}
        for title, names in self._sections.items():
            rows = [records.pop(name) for name in names if name in records]
            with formatter.section(title):
                formatter.write_dl(rows)
        with formatter.section("Other options" if self._sections else "Options"):
            formatter.write_dl(list(records.values()))


def _record(param: click.Parameter | None, ctx: click.Context) -> tuple[str, str] | None:
    return param.get_help_record(ctx) if param is not None else None


def _show_all(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        ctx.meta[SHOW_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class SettingOption(click.Option):
    """An option that is a field of the training's config, whose description and default are its help.

    The config is imported when help is asked for, and not before: it takes longer than all else that help needs.

    Args:
        prefix: Words before the description.
    """

    def __init__(self, *args: Any, prefix: str = "", **values: Any) -> None:
        super().__init__(*args, **values)
        self._prefix = prefix

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option, and what the config says of its field."""
        from synthvis.train.settings import setting_help

        said = setting_help(self.name or "")
        self.help = f"{self._prefix}{said[0].lower()}{said[1:]}" if self._prefix else said
        return super().get_help_record(ctx)
