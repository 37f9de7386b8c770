"""A recipe with all that the user brings found, read and named by content instead of by path; what its names mean."""

from __future__ import annotations

import difflib
import fnmatch
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from synthvis.assets.folder import AssetFile, AssetFolder, absolute, scan
from synthvis.assets.manifest import Entry
from synthvis.assets.meshes.classes import classes_of
from synthvis.assets.meshes.importing import Imported, import_assets, imported, pack_of
from synthvis.assets.meshes.object_type import object_type_of
from synthvis.assets.meshes.roles import labelled_by_default, refuse_unused_folders
from synthvis.assets.own_environments import own_environments, try_out
from synthvis.assets.own_types import PYTHON_SUFFIX, allowed_types, check_distinct_classes, types_of_file
from synthvis.assets.pictures.importing import import_pictures
from synthvis.cache import cache_folder
from synthvis.config.effect import refuse_unused_keys, unused_keys, without_unused_keys
from synthvis.config.recipe import FREE, Recipe, is_resolved
from synthvis.config.validate import nearest
from synthvis.errors import RecipeError, SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.labels.registry import label_names
from synthvis.objects.object_type import ObjectType
from synthvis.objects.registry import ObjectCatalogue, object_type_names
from synthvis.objects.spec import Category
from synthvis.scene.environments.environment import Environment
from synthvis.scene.environments.registry import ENVIRONMENTS, NOTHING_OWN, SceneCatalogue

__all__ = [
    "ImportResult",
    "catalogue_of",
    "import_folders",
    "known_folder",
    "objects_of_assets",
    "open_assets",
    "resolve",
]

Say = Callable[[str], None]

NAMED = "own meshes need --assets PATH"
LISTED = "`synthvis scenes ls` lists all kinds, with --assets PATH own ones"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What came of some folders.

    Attributes:
        folders: In the order given.
        kinds: By name.
        left_out: Reason by kind or path.
        notes: What was assumed, by kind.
    """

    folders: tuple[AssetFolder, ...]
    kinds: Mapping[str, ObjectType] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def resolve(
    recipe: Recipe, folders: Sequence[Path] = (), say: Say = lambda text: None, *, scenes: Sequence[str] = ()
) -> Recipe:
    """A recipe as datasets and workers hold it; `catalogue_of` says what its names mean, in any process.

    Folders are named NAME@DIGEST, patterns are written out, and what cannot be read is left out.

    Args:
        recipe: May name folders by path, or by digest when the cache has them.
        folders: More folders, mesh files or Python files, which are run; what the recipe names by digest must be the
            very same.
        say: Told what was left out and what was assumed.
        scenes: path/to/FILE.py:FUNCTION of own scenes, which are run.

    Raises:
        RecipeError: A folder is not there or not the same, a kind or a label is unknown, nothing is left of the
            recipe's objects, or something of the recipe or the folders would not be seen in any picture.
        UsageError: An own scene or type of object is not there or does not work.
        SynthvisError: The cache cannot be written.
    """
    return _resolved(recipe, folders, say, scenes)[0]


def catalogue_of(recipe: Recipe) -> SceneCatalogue:
    """What the names of a recipe mean: its types of object and its environments, own ones from this machine's cache.

    Args:
        recipe: As `resolve` gave it, in this process or another.

    Raises:
        RecipeError: The cache does not have something of the user's.
        UsageError: Code of the user's does not work.
    """
    environments = [name for name, weight in recipe.environments.items() if weight > 0 and name != FREE]
    pictures = (recipe.textures, recipe.hdris, recipe.backgrounds)
    if not recipe.assets and not any(pictures) and all(name in ENVIRONMENTS for name in environments):
        return NOTHING_OWN
    return _catalogue_of(recipe.model_dump_json(), cache_folder())


@lru_cache(maxsize=8)
def _catalogue_of(recipe_json: str, cache: Path) -> SceneCatalogue:
    return _resolved(Recipe.model_validate_json(recipe_json), (), lambda text: None, ())[1]


def _resolved(
    recipe: Recipe, folders: Sequence[Path], say: Say, scenes: Sequence[str]
) -> tuple[Recipe, SceneCatalogue]:
    refuse_unused_keys(recipe)
    recipe = _with_known_labels(recipe)
    known = {value.folder.rpartition("@")[0] for value in (recipe.textures, recipe.hdris, recipe.backgrounds) if value}
    pictures = import_pictures(recipe, say, {absolute(folder).name: folder for folder in folders})
    recipe = recipe.model_copy(update=dict(pictures.settings))
    found = tuple(_found(recipe.assets, [folder for folder in folders if absolute(folder).name not in known]))
    recipe, environments = _with_own_environments(recipe, scenes, say)
    files = {file.kind: file for folder in found for file in folder.files}
    recipe = labelled_by_default(
        recipe, found, {kind for environment in environments.values() for kind in environment.kinds}, say
    )
    wanted = _Wanted.of(recipe, environments, files)
    refuse_unused_folders(recipe, found, wanted.seen)
    if not found and not environments:
        return recipe, SceneCatalogue(pictures=pictures.folders)
    result = import_folders(found, [kind for kind in wanted.every if kind in files], labelled=wanted.labelled)
    _tell(result, say)
    catalogue = ObjectCatalogue(own=result.kinds)
    usable = {kind for kind in wanted.every if kind not in files or kind in result.kinds}
    if recipe.objects is not None and not usable & wanted.objects.keys():
        reasons = "; ".join(f"{kind}: {reason}" for kind, reason in list(result.left_out.items())[:3])
        raise RecipeError(f"nothing is left of the recipe's objects: {reasons or 'no file matches'}")
    environments = {
        name: replace(environment, kinds=_only(wanted.standing[name], usable))
        for name, environment in environments.items()
    }
    if scenes:
        try_out(environments, catalogue)
    recipe = recipe.model_copy(update={"assets": tuple(f"{folder.name}@{folder.digest}" for folder in found)})
    return wanted.written_into(recipe, usable), SceneCatalogue(
        objects=catalogue, own=environments, pictures=pictures.folders
    )


def _with_known_labels(recipe: Recipe) -> Recipe:
    """The recipe with its labels on request in one order and each once, so that equal wishes are equal recipes."""
    known, wanted = label_names(), recipe.labels.extra
    for name in wanted:
        if name not in known:
            raise RecipeError(f"labels.extra: no label '{name:.60}'{nearest(name, known)}")
    ordered = tuple(name for name in known if name in wanted)
    return recipe.model_copy(update={"labels": recipe.labels.model_copy(update={"extra": ordered})})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The kinds that a recipe names, patterns written out, each with its weight."""

    objects: Mapping[str, float]
    others: Mapping[str, float]
    behind: Mapping[str, float]
    standing: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, recipe: Recipe, environments: Mapping[str, Environment], files: Mapping[str, AssetFile]) -> _Wanted:
        return cls(
            objects=_written_out(recipe.objects.kinds, files) if recipe.objects else {},
            others=_written_out(recipe.distractors.kinds, files),
            behind=_written_out(recipe.distractors.background_kinds, files),
            standing={
                name: _written_out(dict.fromkeys(environment.kinds, 1.0), files)
                for name, environment in environments.items()
            },
        )

    @property
    def labelled(self) -> set[str]:
        return {*self.objects, *(kind for kinds in self.standing.values() for kind in kinds)}

    @property
    def every(self) -> list[str]:
        """All of them, in an order that depends on the recipe alone."""
        standing = (kind for kinds in self.standing.values() for kind in kinds)
        return list(dict.fromkeys([*self.objects, *standing, *self.others, *self.behind]))

    @property
    def seen(self) -> set[str]:
        """Those with a weight."""
        weighted = (self.objects, self.others, self.behind, *self.standing.values())
        return {kind for weights in weighted for kind, weight in weights.items() if weight > 0}

    def written_into(self, recipe: Recipe, usable: set[str]) -> Recipe:
        """The recipe with these kinds in place of its own, as far as they are usable."""
        distractors = {"kinds": _kept(self.others, usable), "background_kinds": _kept(self.behind, usable)}
        objects = recipe.objects and recipe.objects.model_copy(update={"kinds": _kept(self.objects, usable)})
        return recipe.model_copy(
            update={"objects": objects, "distractors": recipe.distractors.model_copy(update=distractors)}
        )


def _kept(weights: Mapping[str, float], usable: set[str]) -> dict[str, float]:
    return {kind: weight for kind, weight in weights.items() if kind in usable}


def _only(kinds: Iterable[str], usable: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind in usable)


def _with_own_environments(recipe: Recipe, scenes: Sequence[str], say: Say) -> tuple[Recipe, dict[str, Environment]]:
    """The recipe with its environments by full name, and those of them that are the user's."""
    weights, environments = own_environments(recipe, scenes)
    placed = recipe.model_copy(update={"environments": weights})
    if dropped := unused_keys(placed):
        say(f"only {', '.join(scenes)} is shown; of the recipe, {', '.join(dropped)} go unused; to have both, add "
            "--set environments.free=1")  # fmt: skip
    return without_unused_keys(placed), environments


def objects_of_assets(references: Sequence[str]) -> ObjectCatalogue:
    """The types of object of a dataset from the cache alone: no file of the user's is opened.

    Python is run only of copies that the user allowed on this machine.

    Args:
        references: NAME@DIGEST of each folder or file.

    Raises:
        RecipeError: The cache does not have them.
        UsageError: Code of the user's does not work.
    """
    folders = [known_folder(reference) for reference in references]
    classes = _classes_of(folders)
    own: dict[str, ObjectType] = {}
    for folder in folders:
        own |= folder.types or {}
        for file in folder.files if folder.types is None else ():
            mesh = imported(folder.digest, file.kind)
            if isinstance(mesh, Imported):
                own[file.kind] = object_type_of(file, mesh, classes.get(file.kind))
    return ObjectCatalogue(own=own)


def import_folders(
    folders: Sequence[AssetFolder], wanted: Iterable[str] | None = None, *, labelled: set[str] | None = None
) -> ImportResult:
    """Kinds of object from folders of meshes.

    Args:
        folders: Where they are.
        wanted: Only these kinds; None: all.
        labelled: Kinds that keep their class; None: all. The others are distractors.

    Raises:
        RecipeError: The classes of the folders cannot live together.
        SynthvisError: The cache cannot be written.
    """
    classes = _classes_of(folders)
    kinds: dict[str, ObjectType] = {}
    left_out = {f"{folder.name}/{path}": reason for folder in folders for path, reason in folder.left_out.items()}
    notes: dict[str, Sequence[str]] = {}
    chosen = None if wanted is None else set(wanted)
    check_distinct_classes(own for folder in folders for own in (folder.types or {}).values())
    for folder in folders:
        files = [file for file in folder.files if chosen is None or file.kind in chosen]
        if folder.types is not None:
            kinds |= {file.kind: _unless(labelled, folder.types[file.kind]) for file in files}
            continue
        import_assets(folder, files)
        for file in files:
            found = imported(folder.digest, file.kind)
            if isinstance(found, Imported):
                category = classes.get(file.kind) if labelled is None or file.kind in labelled else None
                kinds[file.kind] = object_type_of(file, found, category)
                notes[file.kind] = found.notes
            else:
                left_out[file.kind] = found or "the cache has lost it"
    return ImportResult(folders=tuple(folders), kinds=kinds, left_out=left_out, notes=notes)


def _classes_of(folders: Iterable[AssetFolder]) -> dict[str, Category]:
    return classes_of(file for folder in folders if folder.types is None for file in folder.files)


def _unless(labelled: set[str] | None, kind: ObjectType) -> ObjectType:
    """A type, without its class unless it is labelled."""
    return kind if labelled is None or kind.name in labelled else replace(kind, category=None)


def open_assets(path: Path) -> AssetFolder:
    """A folder of meshes, a mesh file, or a Python file, which is run.

    Raises:
        RecipeError: There is no such folder or file, or nothing usable in it.
        UsageError: The Python file does not work.
    """
    return types_of_file(path) if path.suffix.lower() == PYTHON_SUFFIX and not path.is_dir() else scan(path)


def known_folder(reference: str) -> AssetFolder:
    """What the cache knows of a folder or file by NAME@DIGEST.

    Raises:
        RecipeError: Nothing.
    """
    return _by_digest(reference, {})


def _found(references: Sequence[str], more: Sequence[Path]) -> Iterable[AssetFolder]:
    given = {folder.name: folder for folder in map(open_assets, more)}
    if len(given) < len(more):
        raise RecipeError(
            "two of --assets have one name", hint="rename one; kinds are called FOLDER/FILE, or FILE of a single file"
        )
    seen: set[str] = set()
    for reference in references:
        folder = _by_digest(reference, given) if is_resolved(reference) else _named(Path(reference), given)
        if folder.name in seen:
            raise RecipeError(f"two folders of assets are called {folder.name}", hint="rename one")
        seen.add(folder.name)
        _remember(folder)
        yield folder
    for name, folder in given.items():
        if name not in seen:
            _remember(folder)
            yield folder


def _named(path: Path, given: Mapping[str, AssetFolder]) -> AssetFolder:
    """A folder or file that a recipe names by path; Python is run where the user gives that file, too."""
    if path.suffix.lower() != PYTHON_SUFFIX:
        return scan(path.expanduser())
    if path.name not in given:
        what = f"the recipe names the Python file {path}; code is run only when you say so"
        raise RecipeError(what, hint=f"--assets {path}")
    return given[path.name]


def _by_digest(reference: str, given: Mapping[str, AssetFolder]) -> AssetFolder:
    name, _, digest = reference.rpartition("@")
    if name in given:
        if given[name].digest != digest:
            raise RecipeError(
                f"{given[name].root} is not the folder {name} that the recipe was made with: its files have changed",
                hint=f"the recipe's has digest {digest[:12]}, this one {given[name].digest[:12]}",
            )
        return given[name]
    if name.endswith(PYTHON_SUFFIX):
        return allowed_types(name, digest)
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
    if folder.types is not None or path.is_file():
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
    known = {*object_type_names(), *files}
    for name, weight in weights.items():
        if name in known or not set(name) & set("*?["):
            if name not in known:
                _refuse_unknown(name, files)
            plain[name] = plain.get(name, 0.0) + weight
            continue
        matches = [kind for kind in sorted(files) if fnmatch.fnmatchcase(kind, name)]
        if not matches:
            hint = f"{LISTED}; *, ? and [ ] stand for own meshes only" if files else f"{NAMED}, and {LISTED}"
            raise RecipeError(f"no own mesh matches {name:.80}", hint=hint)
        for kind in matches:
            plain[kind] = plain.get(kind, 0.0) + weight / len(matches)
    return plain


def _refuse_unknown(name: str, files: Mapping[str, AssetFile]) -> None:
    near = difflib.get_close_matches(name, [*object_type_names(), *files], n=3)
    hint = f"did you mean {' or '.join(near)}? {LISTED}" if near else LISTED
    if "/" in name and not files:
        hint = f"{NAMED}; {hint}"
    raise RecipeError(f"unknown kind of object: {name:.80}", hint=hint)


def _tell(result: ImportResult, say: Say) -> None:
    for name, reason in result.left_out.items():
        say(f"left out: {name}: {reason}")
    for name, notes in result.notes.items():
        if notes:
            say(f"{name}: {'; '.join(notes)}")
