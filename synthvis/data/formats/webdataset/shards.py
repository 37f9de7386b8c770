"""Shards written and unpacked."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from synthvis.cache import cache_folder
from synthvis.data.coco.files import is_safe_file_name
from synthvis.data.coco.writer import entry_text
from synthvis.data.formats.webdataset.index import FIELDS, ShardIndex, map_kind
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.atomic import replacing, write_bytes_atomic

__all__ = ["ShardImage", "unpacked", "write_shard"]

MAX_MEMBER_BYTES = 1 << 30
MAX_LABEL_BYTES = 100_000_000
LABELS = "json"
PICTURE_FIELDS = frozenset({"jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "ppm", "pgm"})
DONE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardImage:
    """The files of one image.

    Attributes:
        key: Their common name, without a dot.
        labels: What stands in KEY.json.
        files: The files on disk by field: "jpg", "depth.png", ...
    """

    key: str
    labels: Mapping[str, Any]
    files: Mapping[str, Path]


def write_shard(path: Path, images: Iterable[ShardImage]) -> None:
    """Write a tar file whose bytes depend on nothing but its images.

    Raises:
        DatasetError: A file of an image cannot be read.
    """
    with replacing(path) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for image in images:
            for field, source in image.files.items():
                try:
                    content = source.read_bytes()
                except OSError as error:
                    raise DatasetError(f"cannot read {source}: {error.strerror or error}") from error
                _add(tar, f"{image.key}.{field}", content)
            _add(tar, f"{image.key}.{LABELS}", entry_text(image.labels).encode())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))


def unpacked(root: Path, split: str, index: ShardIndex) -> Path:
    """A folder as COCO has it, with the pictures, maps and labels of a split; in the cache, so that it is made once.

    Raises:
        RealDataError: A shard is absent, damaged, or holds what is no image of a set.
    """
    shards = [root / name for name in index.splits[split].shards]
    place = cache_folder() / "unpacked" / _key(shards, split, index)
    if (place / DONE).is_file():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".unpacking-") as folder:
        target = Path(folder) / "set"
        _unpack(shards, split, index, target)
        write_bytes_atomic(target / DONE, b"")
        if place.exists():
            shutil.rmtree(place)
        target.rename(place)
    return place


def _key(shards: Sequence[Path], split: str, index: ShardIndex) -> str:
    told = [split, json.dumps(index.to_dict(), sort_keys=True)]
    for path in shards:
        try:
            facts = path.stat()
        except OSError as error:
            raise RealDataError(f"cannot read {path}: {error.strerror or error}") from error
        told.append(f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def _unpack(shards: Sequence[Path], split: str, index: ShardIndex, target: Path) -> None:
    images: list[Any] = []
    annotations: list[Any] = []
    for path in shards:
        try:
            with tarfile.open(path, mode="r:") as tar:
                for labels in _labels_of(tar, path, split, index, target):
                    images.append(labels.get("image"))
                    own = labels.get("annotations")
                    annotations += own if isinstance(own, list) else []
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            raise RealDataError(f"{path} is no shard that can be read: {str(error)[:120]}") from error
    numbered = [{**one, "id": number} for number, one in enumerate(annotations, start=1) if isinstance(one, dict)]
    content = {"images": images, "annotations": numbered, "categories": index.categories}
    content |= {"videos": index.videos[split]} if split in index.videos else {}
    for name in ("instances", "keypoints"):
        write_bytes_atomic(target / "annotations" / f"{name}_{split}.json", json.dumps(content).encode())


def _labels_of(
    tar: tarfile.TarFile, path: Path, split: str, index: ShardIndex, target: Path
) -> Iterator[Mapping[str, Any]]:
    """Write the files of each image, and give what their JSON says."""
    for member in tar:
        key, _, field = member.name.partition(".")
        if not member.isreg() or member.issparse() or not is_safe_file_name(member.name) or "/" in member.name:
            raise RealDataError(f"{path} holds {member.name[:80]!r}, which is no file of an image")
        if member.size > MAX_MEMBER_BYTES:
            raise RealDataError(f"{path} holds {member.name[:80]!r} of {member.size:,} bytes, which are too many")
        content = tar.extractfile(member)
        if content is None:
            continue
        if field == LABELS:
            yield _parsed(content, path, member)
            continue
        place = _place(key, field, split, index)
        if place is not None:
            with replacing(target / place) as file:
                shutil.copyfileobj(content, file)


def _place(key: str, field: str, split: str, index: ShardIndex) -> str | None:
    """Where a file of an image goes; None: nobody knows the field."""
    if field in PICTURE_FIELDS:
        return f"images/{split}/{key}.{field}"
    name, _, suffix = field.partition(".")
    if name not in FIELDS:
        return None
    kind = map_kind(name, index)
    return f"{kind.folder}/{split}/{key}.{kind.suffix}" if suffix == kind.suffix else None


def _parsed(content: IO[bytes], path: Path, member: tarfile.TarInfo) -> Mapping[str, Any]:
    if member.size > MAX_LABEL_BYTES:
        raise RealDataError(f"{path}: {member.name[:80]!r} has {member.size:,} bytes, which are too many")
    try:
        found = json.loads(content.read())
    except (ValueError, RecursionError) as error:
        raise RealDataError(f"{path}: {member.name[:80]!r} is no JSON: {str(error)[:80]}") from error
    if not isinstance(found, dict):
        raise RealDataError(f"{path}: {member.name[:80]!r} holds no object")
    return found
