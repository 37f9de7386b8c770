"""A recipe with all that the user brings found, read and made known, and named by content instead of by path."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvis.assets.classes import classes_of
from synthvis.assets.folder import AssetFile, AssetFolder, scan
from synthvis.assets.intake import Imported, imported, pack_of, take_in
from synthvis.assets.kinds import kind_of
from synthvis.assets.pictures import bring_pictures
from synthvis.assets.scenes import own_places, try_out
from synthvis.assets.sheet import Entry
from synthvis.config.recipe import Recipe, is_resolved
from synthvis.errors import RecipeError, SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.scene.places.registry import register_places
from synthvis.shapes.kind import Kind
from synthvis.shapes.registry import KINDS, kind_named, register_kinds

__all__ = ["Brought", "bring", "know_kinds", "resolve"]

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of some folders.

    Attributes:
        folders: In the order given.
        kinds: By name.
        left_out: Reason by kind or path.
        notes: What was assumed, by kind.
    """

    folders: tuple[AssetFolder, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def resolve(
    recipe: Recipe, folders: Sequence[Path] = (), say: Say = lambda text: None, *, scenes: Sequence[str] = ()
) -> Recipe:
    """A recipe as datasets and workers hold it; its own kinds and places are known from here on.

    Folders are named NAME@DIGEST, patterns are written out, and what cannot be read is left out. Resolving what is
    resolved makes its kinds known in another process.

    Args:
        recipe: May name folders by path, or by digest when the cache has them.
        folders: More folders; one that the recipe names by digest must be the very same.
        say: Told what was left out and what was assumed.
        scenes: path/to/FILE.py:FUNCTION of own scenes, which are run.

    Raises:
        RecipeError: A folder is not there or not the same, or nothing is left of the recipe's objects.
        UsageError: An own scene is not there or does not work.
        SynthvisError: The cache cannot be written.
    """
    known = {value.folder.rpartition("@")[0] for value in (recipe.textures, recipe.hdris, recipe.backgrounds) if value}
    pictures = bring_pictures(recipe, say, {folder.resolve().name: folder for folder in folders})
    recipe = recipe.model_copy(update=dict(pictures))
    found = tuple(_found(recipe.assets, [folder for folder in folders if folder.resolve().name not in known]))
    weights, places = own_places(recipe, scenes)
    if not found and not places:
        return recipe
    files = {file.kind: file for folder in found for file in folder.files}
    objects = _written_out(recipe.objects.kinds, files)
    others = _written_out(recipe.distractors.kinds, files)
    behind = _written_out(recipe.distractors.background_kinds, files)
    standing = {name: _written_out(dict.fromkeys(place.kinds, 1.0), files) for name, place in places.items()}
    labelled = {*objects, *(kind for kinds in standing.values() for kind in kinds)}
    wanted = [kind for kind in dict.fromkeys([*labelled, *others, *behind]) if kind in files]
    brought = bring(found, wanted, labelled=labelled)
    _tell(brought, say)
    register_kinds(brought.kinds.values())

    def usable(weights: Mapping[str, float]) -> dict[str, float]:
        return {kind: weight for kind, weight in weights.items() if kind not in files or kind in brought.kinds}

    if not usable(objects):
        reasons = "; ".join(f"{kind}: {reason}" for kind, reason in list(brought.left_out.items())[:3])
        raise RecipeError(f"nothing is left of the recipe's objects: {reasons or 'no file matches'}")
    places = {name: replace(place, kinds=tuple(usable(standing[name]))) for name, place in places.items()}
    register_places(places)
    if scenes:
        try_out(places)
    distractors = {"kinds": usable(others), "background_kinds": usable(behind)}
    return recipe.model_copy(
        update={
            "assets": tuple(f"{folder.name}@{folder.digest}" for folder in found),
            "places": weights,
            "objects": recipe.objects.model_copy(update={"kinds": usable(objects)}),
            "distractors": recipe.distractors.model_copy(update=distractors),
        }
    )


def know_kinds(references: Sequence[str]) -> None:
    """Make the meshes of a dataset known from the cache alone: no file of the user's is opened, no code is run.

    Args:
        references: NAME@DIGEST of each folder.

    Raises:
        RecipeError: The cache does not have them.
    """
    folders = [_by_digest(reference, {}) for reference in references]
    classes = classes_of(file for folder in folders for file in folder.files)
    for folder in folders:
        found = [(file, imported(folder.digest, file.kind)) for file in folder.files]
        register_kinds(
            kind_of(file, answer, classes.get(file.kind)) for file, answer in found if isinstance(answer, Imported)
        )


def bring(
    folders: Sequence[AssetFolder], wanted: Iterable[str] | None = None, *, labelled: set[str] | None = None
) -> Brought:
    """Kinds of object from folders of meshes.

    Args:
        folders: Where they are.
        wanted: Only these kinds; None: all.
        labelled: Kinds that keep their class; None: all. The others are distractors.

    Raises:
        RecipeError: The classes of the folders cannot live together.
        SynthvisError: The cache cannot be written.
    """
    classes = classes_of(file for folder in folders for file in folder.files)
    kinds: dict[str, Kind] = {}
    left_out = {f"{folder.name}/{path}": reason for folder in folders for path, reason in folder.left_out.items()}
    notes: dict[str, Sequence[str]] = {}
    chosen = None if wanted is None else set(wanted)
    for folder in folders:
        files = [file for file in folder.files if chosen is None or file.kind in chosen]
        take_in(folder, files)
        for file in files:
            answer = imported(folder.digest, file.kind)
            if isinstance(answer, Imported):
                category = classes.get(file.kind) if labelled is None or file.kind in labelled else None
                kinds[file.kind] = kind_of(file, answer, category)
                notes[file.kind] = answer.notes
            else:
                left_out[file.kind] = answer or "the cache has lost it"
    return Brought(folders=tuple(folders), kinds=kinds, left_out=left_out, notes=notes)


def _found(references: Sequence[str], more: Sequence[Path]) -> Iterable[AssetFolder]:
    given = {folder.name: folder for folder in map(scan, more)}
    if len(given) < len(more):
        raise RecipeError("two folders of assets have one name", hint="rename one; kinds are called FOLDER/FILE")
    seen: set[str] = set()
    for reference in references:
        folder = _by_digest(reference, given) if is_resolved(reference) else scan(Path(reference).expanduser())
        if folder.name in seen:
            raise RecipeError(f"two folders of assets are called {folder.name}", hint="rename one")
        seen.add(folder.name)
        _remember(folder)
        yield folder
    for name, folder in given.items():
        if name not in seen:
            _remember(folder)
            yield folder


def _by_digest(reference: str, given: Mapping[str, AssetFolder]) -> AssetFolder:
    name, _, digest = reference.rpartition("@")
    if name in given:
        if given[name].digest != digest:
            raise RecipeError(
                f"{given[name].root} is not the folder {name} that the recipe was made with: its files have changed",
                hint=f"the recipe's has digest {digest[:12]}, this one {given[name].digest[:12]}",
            )
        return given[name]
    try:
        catalogue = json.loads((pack_of(digest) / "catalogue.json").read_bytes())
        files = tuple(
            AssetFile(kind=kind, path=path, entry=Entry.model_validate_json(entry)) for kind, path, entry in catalogue
        )
        return AssetFolder(name=name, root=Path(name), digest=digest, files=files)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"the recipe uses a folder of assets called {name}, which this machine's cache does not have",
            hint=f"say where it is: --assets /path/to/{name}",
        ) from error


def _remember(folder: AssetFolder) -> None:
    """Note in the cache what is in a folder, so that its digest is enough to open it again."""
    path = pack_of(folder.digest) / "catalogue.json"
    if path.is_file():
        return
    rows = [(file.kind, file.path, file.entry.model_dump_json(exclude_unset=True)) for file in folder.files]
    try:
        write_bytes_atomic(path, json.dumps(rows).encode())
    except OSError as error:
        hint = "choose another folder for the cache: SYNTHVIS_CACHE=/somewhere"
        raise SynthvisError(f"cannot write to the cache {path.parent}: {error.strerror or error}", hint=hint) from error


def _written_out(weights: Mapping[str, float], files: Mapping[str, AssetFile]) -> dict[str, float]:
    """Weights by kind, patterns replaced by the kinds they match, among which their weight is shared."""
    plain: dict[str, float] = {}
    for name, weight in weights.items():
        if name in KINDS or name in files or not set(name) & set("*?["):
            if name not in files:
                kind_named(name)
            plain[name] = plain.get(name, 0.0) + weight
            continue
        matches = [kind for kind in sorted(files) if fnmatch.fnmatchcase(kind, name)]
        if not matches:
            raise RecipeError(
                f"no file of the assets matches {name}", hint="`synthvis scenes ls` with the same --assets lists them"
            )
        for kind in matches:
            plain[kind] = plain.get(kind, 0.0) + weight / len(matches)
    return plain


def _tell(brought: Brought, say: Say) -> None:
    for name, reason in brought.left_out.items():
        say(f"left out: {name}: {reason}")
    for name, notes in brought.notes.items():
        if notes:
            say(f"{name}: {'; '.join(notes)}")
