"""The data.yaml of a YOLO set: its classes, where each split lies, and how its rows are to be read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from synthvis.config.yaml_reader import read_yaml
from synthvis.errors import RealDataError, RecipeError, quoted
from synthvis.version import __version__

__all__ = ["DATA_YAML", "KeypointShape", "YoloYaml", "read_data_yaml", "text_of_data_yaml", "yaml_of"]

DATA_YAML = "data.yaml"
SPLITS = ("train", "val", "valid", "test")
RENAMED = {"valid": "val"}
MAX_PATH_BYTES, MAX_NAME_BYTES = 1024, 256
MAX_CLASSES = 100_000
MAX_KEYPOINTS = 1_000
HINT = "see https://docs.ultralytics.com/datasets/detect/: names, train and val"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointShape:
    """How many keypoints a row has.

    Attributes:
        count: Keypoints of each object.
        dims: Numbers of each: 2 for x and y, 3 with the visibility.
        flip_index: For each keypoint the one whose place it takes in a mirror; empty where the file does not say.
        names: Names of the keypoints by class index; empty where the file does not say.
        own: First place and number of the keypoints of each class by its index; empty where the file does not say, as
            only synthvis does.
    """

    count: int
    dims: int
    flip_index: tuple[int, ...] = ()
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloYaml:
    """What a data.yaml says.

    Attributes:
        path: The file.
        class_names: In the order of the class indices.
        splits: Folders of pictures, or lists of them (.txt), of each split.
        keypoints: Of a set for poses; else None.
        labels: What the rows hold, where synthvis wrote the file: the name of the format; else None.
        category_ids: Ids of the set that was exported, by class name; empty where the file does not say.
    """

    path: Path
    class_names: tuple[str, ...]
    splits: Mapping[str, tuple[Path, ...]]
    keypoints: KeypointShape | None
    labels: str | None
    category_ids: Mapping[str, int]


def yaml_of(path: Path) -> Path | None:
    """The file that describes a YOLO set which was named by its folder or by the file; None: there is none."""
    if path.is_file():
        return path if path.suffix in (".yaml", ".yml") else None
    candidates = [path / DATA_YAML, path / "data.yml", path / "dataset.yaml"]
    return next((one for one in candidates if one.is_file()), None)


def read_data_yaml(path: Path) -> YoloYaml:
    """What the file says; nothing but it is looked at.

    Raises:
        RealDataError: It is no description of a YOLO set.
    """
    try:
        content = read_yaml(path)
    except RecipeError as error:
        raise RealDataError(error.what, hint=HINT) from error
    if not isinstance(content, dict) or "names" not in content:
        raise RealDataError(f"{path} is no description of a YOLO set: it has no names", hint=HINT)
    root = _root(path, content.get("path"))
    splits = {RENAMED.get(name, name): _places(path, root, content[name], name) for name in SPLITS if content.get(name)}
    own = content.get("synthvis")
    own = own if isinstance(own, dict) else {}
    names = _names(path, content["names"])
    return YoloYaml(
        path=path,
        class_names=names,
        splits=splits,
        keypoints=_keypoints(path, content, own.get("keypoints")),
        labels=own["labels"] if isinstance(own.get("labels"), str) else None,
        category_ids=_ids(own.get("category_ids"), names),
    )


def _root(path: Path, stated: object) -> Path:
    """The folder from which splits are named; that of the file itself where the stated one is gone, after a move."""
    if not isinstance(stated, str) or not _can_be_path(stated):
        return path.parent
    own = Path(stated) if PurePath(stated).is_absolute() else path.parent / stated
    return own if own.is_dir() else path.parent


def _places(path: Path, root: Path, stated: object, split: str) -> tuple[Path, ...]:
    places = stated if isinstance(stated, list) else [stated]
    if not all(isinstance(place, str) and place and _can_be_path(place) for place in places):
        raise RealDataError(f"{path}: {split} is {quoted(stated, 80)}, no folder or list of pictures", hint=HINT)
    return tuple(_place(root, str(place)) for place in places)


def _can_be_path(text: str) -> bool:
    """Whether the system can be asked for such a file at all."""
    encoded = text.encode("utf-8", "surrogatepass")
    names = encoded.split(b"/")
    return text.isprintable() and len(encoded) <= MAX_PATH_BYTES and all(len(name) < MAX_NAME_BYTES for name in names)


def _place(root: Path, stated: str) -> Path:
    found = root / stated
    if not found.exists() and stated.startswith("../"):
        # Exports of some annotation tools name the folder beside this one by way of the parent.
        return root / stated.removeprefix("../")
    return found


def _names(path: Path, stated: object) -> tuple[str, ...]:
    names: Sequence[object]
    if isinstance(stated, dict):
        if sorted(stated, key=str) != sorted(range(len(stated)), key=str):
            raise RealDataError(f"{path}: names are not numbered from 0 to {len(stated) - 1}", hint=HINT)
        names = [stated[index] for index in range(len(stated))]
    else:
        names = stated if isinstance(stated, list) else []
    if not 1 <= len(names) <= MAX_CLASSES:
        raise RealDataError(f"{path}: names is no list of classes", hint=HINT)
    texts = tuple(str(name) for name in names)
    if len(set(texts)) < len(texts) or not all(text.strip() and text.isprintable() for text in texts):
        raise RealDataError(f"{path}: names has an empty name, or one twice", hint=HINT)
    return texts


def _keypoints(path: Path, content: Mapping[str, object], own: object) -> KeypointShape | None:
    shape = content.get("kpt_shape")
    if shape is None:
        return None
    if not isinstance(shape, list) or len(shape) != 2 or not all(type(number) is int for number in shape):
        raise RealDataError(f"{path}: kpt_shape is {quoted(shape, 80)}, not [count, 2 or 3]", hint=HINT)
    count, dims = shape
    if not 1 <= count <= MAX_KEYPOINTS or dims not in (2, 3):
        raise RealDataError(f"{path}: kpt_shape is {quoted(shape, 80)}, not [count, 2 or 3]", hint=HINT)
    flip = content.get("flip_idx") or []
    if not isinstance(flip, list) or (flip and sorted(map(str, flip)) != sorted(map(str, range(count)))):
        raise RealDataError(f"{path}: flip_idx does not name each of the {count} keypoints once", hint=HINT)
    return KeypointShape(
        count=count,
        dims=dims,
        flip_index=tuple(flip),
        names=_keypoint_names(content.get("kpt_names"), count),
        own=_own_places(own, count),
    )


def _own_places(stated: object, count: int) -> dict[int, tuple[int, int]]:
    """As `text_of_data_yaml` writes it, [first place, number] for each class; nothing where it is something else."""
    found = {}
    for index, place in enumerate(stated if isinstance(stated, list) else []):
        if not isinstance(place, list) or [type(one) for one in place] != [int, int]:
            return {}
        start, number = place
        if not 0 <= start <= start + number <= count:
            return {}
        if number:
            found[index] = (start, number)
    return found


def _keypoint_names(stated: object, count: int) -> dict[int, tuple[str, ...]]:
    if not isinstance(stated, dict):
        return {}
    return {
        index: tuple(str(name) for name in names)
        for index, names in stated.items()
        if type(index) is int and isinstance(names, list) and len(names) == count
    }


def _ids(stated: object, names: Sequence[str]) -> dict[str, int]:
    if not isinstance(stated, list) or len(stated) != len(names) or not all(type(one) is int for one in stated):
        return {}
    return dict(zip(names, stated, strict=True)) if len(set(stated)) == len(stated) else {}


def text_of_data_yaml(
    folder: Path,
    splits: Sequence[str],
    class_names: Sequence[str],
    *,
    labels: str,
    category_ids: Sequence[int] = (),
    keypoints: KeypointShape | None = None,
) -> str:
    """The file for an export into `folder`.

    Args:
        folder: Of the export, in which images/SPLIT are.
        splits: Names of the splits.
        class_names: In the order of the class indices.
        labels: Name of the format.
        category_ids: The ids of the classes in the set that is exported.
        keypoints: Of a set for poses.
    """
    # YAML takes JSON's form of texts and lists, whatever is in them.
    lines = [
        f"# {labels}, written by synthvis {__version__}",
        "# The folder of this file: change it after a move, or remove the line.",
        f"path: {_quoted(str(folder.resolve()))}",
        *(f"{_quoted(split)}: {_quoted(f'images/{split}')}" for split in splits),
        "names:",
        *(f"  {index}: {_quoted(name)}" for index, name in enumerate(class_names)),
    ]
    if keypoints is not None:
        lines.append(f"kpt_shape: [{keypoints.count}, {keypoints.dims}]")
        lines += [f"flip_idx: {list(keypoints.flip_index)}"] if keypoints.flip_index else []
        lines.append("kpt_names:")
        lines += [f"  {index}: {_json(list(names))}" for index, names in sorted(keypoints.names.items())]
    own: dict[str, Any] = {"labels": labels}
    own |= {"category_ids": list(category_ids)} if category_ids else {}
    if keypoints is not None:
        own["keypoints"] = [list(keypoints.own.get(index, (0, 0))) for index in range(len(class_names))]
    lines += ["synthvis:", *(f"  {key}: {_json(value)}" for key, value in own.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text if text.isascii() and text.isalpha() and text.lower() not in RESERVED else _json(text)


def _json(value: object) -> str:
    # Escapes of pairs of surrogates, which JSON has for some characters, are no YAML.
    return json.dumps(value, ensure_ascii=False)


RESERVED = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""Words that some reader of YAML takes for something else than text."""
