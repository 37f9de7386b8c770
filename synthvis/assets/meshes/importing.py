"""Meshes from a folder into the cache, each file read once, in a process that may die of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from synthvis.assets.folder import AssetFile, AssetFolder
from synthvis.assets.meshes.file_frame import FileFrame
from synthvis.cache import cache_folder
from synthvis.errors import SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import FileModel, JsonObject, validated
from synthvis.objects.spec import Vec3

__all__ = ["Imported", "ImportedSlot", "import_assets", "imported", "key_of", "pack_of", "read_all", "read_imported"]

PATIENCE_S = 180.0
"""A reader that finishes no further file within this is given up."""

Keep = Callable[[Path, int, str], bool]

BATCH = 50
POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSlot:
    """A material of a mesh in the cache.

    Attributes:
        name: As in the file.
        color_rgb: Linear; None where the file says nothing.
        roughness: 0..1; None where the file says nothing.
        metallic: 0..1.
        picture: Name of its texture within the cache; None where it has none.
    """

    name: str
    color_rgb: Vec3 | None
    roughness: float | None
    metallic: float
    picture: str | None

    @classmethod
    def of(cls, row: JsonObject) -> ImportedSlot:
        """From a row of the cache.

        Raises:
            JsonError: It is damaged.
        """
        return validated(dict(row), _SlotRow).slot


class _SlotRow(FileModel):
    name: str
    color_rgb: list[float] | None = Field(None, min_length=3, max_length=3)
    roughness: float | None = None
    metallic: float | None = None
    picture: str | None = None

    @property
    def slot(self) -> ImportedSlot:
        color = None if self.color_rgb is None else (self.color_rgb[0], self.color_rgb[1], self.color_rgb[2])
        return ImportedSlot(
            name=self.name,
            color_rgb=color,
            roughness=self.roughness,
            metallic=self.metallic or 0.0,
            picture=self.picture,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imported:
    """A mesh in the cache.

    Attributes:
        path: Its arrays.
        content: 16 hex digits that are its own among all meshes.
        slots: Its materials.
        keypoints_m: By name.
        frame: How coordinates of the file became those of the mesh.
        notes: What was assumed about it.
    """

    path: Path
    content: str
    slots: Sequence[ImportedSlot]
    keypoints_m: Mapping[str, Sequence[float]]
    frame: FileFrame
    notes: Sequence[str]


def pack_of(digest: str) -> Path:
    """Where the cache keeps what comes from the folder with that digest."""
    return cache_folder() / "assets" / digest


def key_of(kind: str) -> str:
    """A file name for a kind."""
    return hashlib.sha256(kind.encode()).hexdigest()[:16]


def import_assets(folder: AssetFolder, files: Sequence[AssetFile]) -> None:
    """Make sure that each mesh is in the cache, or the reason why it cannot be.

    Raises:
        SynthvisError: The cache cannot be written.
    """
    missing = [file for file in files if imported(folder.digest, file.kind) is None]
    rows = {key_of(file.kind): (file.path, file.entry.model_dump_json(exclude_unset=True)) for file in missing}
    names = {key_of(file.kind): file.kind for file in missing}

    def keep(room: Path, number: int, key: str) -> bool:
        return _keep(room, number, folder.digest, names[key])

    read_all("synthvis.assets.meshes.reader_process", folder.root, pack_of(folder.digest), rows, keep)


def read_all(module: str, root: Path, pack: Path, rows: Mapping[str, Sequence[str]], keep: Keep) -> None:
    """Let a reader go through files, whatever it dies of on the way.

    Args:
        module: The reader's module.
        root: Folder of the files.
        pack: Where KEY.error is left for a file that is left out.
        rows: What the reader is asked, by key.
        keep: (folder, number, key) -> whether the reader has left an answer of that number, which is then kept.

    Raises:
        SynthvisError: The cache cannot be written, or there is no reader.
    """
    keys = list(rows)
    try:
        for start in range(0, len(keys), BATCH):
            _read_batch(module, root, pack, {key: rows[key] for key in keys[start : start + BATCH]}, keep)
    except OSError as error:
        hint = "choose another folder for the cache: SYNTHVIS_CACHE=/somewhere"
        raise SynthvisError(f"cannot write to the cache {pack}: {error.strerror or error}", hint=hint) from error


def imported(digest: str, kind: str) -> Imported | str | None:
    """A mesh of the cache; the reason why it was left out; or None where it was never read."""
    stem = pack_of(digest) / key_of(kind)
    with contextlib.suppress(OSError):
        return stem.with_suffix(".error").read_text()
    try:
        return read_imported(stem.with_suffix(".json"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_imported(path: Path) -> Imported:
    """What was noted about a mesh of the cache.

    Raises:
        OSError: It is not there.
        ValueError: It is damaged.
    """
    facts = json.loads(path.read_bytes())
    arrays = path.with_suffix(".npz")
    if not arrays.is_file():
        raise FileNotFoundError(arrays)
    return Imported(
        path=arrays,
        content=facts["content"],
        slots=tuple(map(ImportedSlot.of, facts["slots"])),
        keypoints_m=facts["keypoints_m"],
        frame=FileFrame.from_facts(facts["frame"]),
        notes=facts["notes"],
    )


def _run_reader(module: str, request: JsonObject, room: Path) -> str | None:
    """Run a reader in `room` until it ends or is stuck; the reason when it does not end well."""
    source = str(Path(__file__).resolve().parents[3])
    environment = {
        **os.environ,
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(1 << 27),
        "PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]).rstrip(":"),
    }
    # -P: nothing is imported from the current folder.
    command = [sys.executable, "-P", "-W", "ignore", "-m", module]
    with (room / "request.json").open("w+") as stdin, (room / "log").open("wb") as log:
        json.dump(request, stdin)
        stdin.seek(0)
        process = subprocess.Popen(command, cwd=room, env=environment, stdin=stdin, stdout=log, stderr=log)
        try:
            return _watched(process, lambda: len(list(room.iterdir())))
        finally:
            process.kill()
            process.wait()


def _watched(process: subprocess.Popen[bytes], count_finished: Callable[[], int]) -> str | None:
    finished, since = count_finished(), time.monotonic()
    while process.poll() is None:
        time.sleep(POLL_S)
        if (now_finished := count_finished()) != finished:
            finished, since = now_finished, time.monotonic()
        if time.monotonic() - since > PATIENCE_S:
            return f"reading it took longer than {PATIENCE_S:g} s"
    if process.returncode == 0:
        return None
    with contextlib.suppress(ValueError):
        return f"reading it killed the reader ({signal.Signals(-process.returncode).name})"
    return f"reading it ended the reader (exit code {process.returncode})"


def _read_batch(module: str, root: Path, pack: Path, rows: Mapping[str, Sequence[str]], keep: Keep) -> None:
    left = list(rows)
    while left:
        with tempfile.TemporaryDirectory(prefix="synthvis-") as name:
            room = Path(name)
            request = {"root": str(root.resolve()), "files": [(number, *rows[key]) for number, key in enumerate(left)]}
            trouble = _run_reader(module, request, room)
            through = {key for number, key in enumerate(left) if _is_answered(room, number, pack / key, key, keep)}
            log = (room / "log").read_text(errors="replace").strip().splitlines()
        left = [key for key in left if key not in through]
        if left and log and "ModuleNotFoundError" in log[-1]:
            raise SynthvisError(f"own files cannot be read: {log[-1]}", hint="pip install 'synthvis[render]'")
        if left and trouble is None:
            raise SynthvisError(f"the reader of own files left no answer: {' | '.join(log[-3:])}")
        if left:
            # They are read in order, so the first without an answer is what the reader died of.
            write_bytes_atomic(pack / f"{left.pop(0)}.error", str(trouble).encode())


def _is_answered(room: Path, number: int, stem: Path, key: str, keep: Keep) -> bool:
    """Whether there is an answer, a reason or something to keep."""
    reason = room / f"{number}.error"
    if reason.is_file():
        write_bytes_atomic(stem.with_suffix(".error"), reason.read_bytes())
        return True
    return keep(room, number, key)


def _keep(room: Path, number: int, digest: str, kind: str) -> bool:
    """Move one mesh into the cache; whether there is one."""
    stem, answer = pack_of(digest) / key_of(kind), room / f"{number}.npz"
    if not answer.is_file():
        return False
    with np.load(answer, allow_pickle=False) as arrays:
        facts = json.loads(str(arrays["facts"]))
        for slot_number, slot in enumerate(facts["slots"]):
            if f"picture_{slot_number}" in arrays:
                picture = stem.with_name(f"{stem.name}-{slot_number}.png")
                write_bytes_atomic(picture, arrays[f"picture_{slot_number}"].tobytes())
                slot["picture"] = picture.relative_to(cache_folder()).as_posix()
    write_bytes_atomic(stem.with_suffix(".npz"), answer.read_bytes())
    # The folder's digest covers its bytes; those of the arrays' file hold a clock.
    facts["content"] = hashlib.sha256(f"{digest} {kind}".encode()).hexdigest()[:16]
    write_bytes_atomic(stem.with_suffix(".json"), json.dumps(facts).encode())
    return True
