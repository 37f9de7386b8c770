"""Own types of object: `ObjectType`s of a Python file, called FILE.py/NAME as meshes are called FOLDER/FILE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from numpy.random import Generator

from synthvis.assets.folder import AssetFile, AssetFolder, name_of
from synthvis.assets.manifest import Entry
from synthvis.assets.own_code import allow, copy_of, last_line, module_of
from synthvis.errors import RecipeError, SynthvisError, UsageError
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.registry import OBJECT_TYPES, ObjectCatalogue
from synthvis.objects.spec import Category
from synthvis.seeds import rng_for

__all__ = ["PYTHON_SUFFIX", "allowed_types", "check_distinct_classes", "types_of_file"]

PYTHON_SUFFIX = ".py"
HOW = "say where it is: --assets path/to/file.py"


def types_of_file(path: Path) -> AssetFolder:
    """The types of object of a Python file, which is run; each is sampled and built once.

    Raises:
        RecipeError: There is no such file, or its name is no name.
        UsageError: It fails, holds no type of object, or one of them cannot be sampled and built.
    """
    path = path.expanduser()
    name = name_of(path)
    found = _opened(name, allow(path))
    for kind, own in (found.types or {}).items():
        _try_out(kind, own, found)
    return found


def allowed_types(name: str, digest: str) -> AssetFolder:
    """The types of a file that was allowed on this machine, run from its copy.

    Raises:
        RecipeError: This machine has no such copy.
        UsageError: It fails.
    """
    return _opened(name, digest)


def check_distinct_classes(types: Iterable[ObjectType]) -> None:
    """Refuse classes that share an id or a name with another class, one that comes along among them.

    Raises:
        RecipeError: Names both.
    """
    built_in = [kind.category for kind in OBJECT_TYPES.values() if kind.category is not None]
    by_id: dict[int, Category] = {category.id: category for category in built_in}
    by_name: dict[str, Category] = {category.name: category for category in built_in}
    for own in (kind.category for kind in types if kind.category is not None):
        for other in (by_id.setdefault(own.id, own), by_name.setdefault(own.name, own)):
            if other != own:
                raise RecipeError(
                    f"the classes {own.name} (id {own.id}) and {other.name} (id {other.id}) cannot live together",
                    hint="own classes need an id and a name of their own, or all that the class of that name has",
                )


def _opened(name: str, digest: str) -> AssetFolder:
    path = copy_of(name, digest)
    if path is None:
        raise RecipeError(f"the recipe uses the types of {name}, which this machine's cache does not have", hint=HOW)
    types = {f"{name}/{own.name}": own for own in _types_in(module_of(path), name)}
    own_names = {own.name for own in types.values()}

    def full(kind: str) -> str:
        return f"{name}/{kind}" if kind in own_names else kind

    return AssetFolder(
        name=name,
        root=Path(name),
        digest=digest,
        files=tuple(AssetFile(kind=kind, path=name, entry=Entry()) for kind in types),
        types={kind: replace(own, name=kind, sample=_renamed(own.sample, full)) for kind, own in types.items()},
    )


def _types_in(module: ModuleType, name: str) -> list[ObjectType]:
    stated = getattr(module, "OBJECT_TYPES", None)
    values = list(vars(module).values()) if stated is None else list(stated)
    come_along = {id(kind) for kind in OBJECT_TYPES.values()}
    found = list({id(one): one for one in values if isinstance(one, ObjectType) and id(one) not in come_along}.values())
    if not found:
        raise UsageError(f"{name} holds no type of object", hint="docs/how_to/own_object.md has an example")
    if len({own.name for own in found}) < len(found) or any("/" in own.name for own in found):
        raise UsageError(f"types of object in {name} share a name, or have a slash in it", hint="rename one")
    return found


def _renamed(sample: Callable[[Generator], Sample], full: Callable[[str], str]) -> Callable[[Generator], Sample]:
    """Draws whose attachments of the same file are called as recipes call them."""

    def sample_renamed(rng: Generator) -> Sample:
        drawn = sample(rng)
        return replace(drawn, attachments=tuple(replace(one, kind=full(one.kind)) for one in drawn.attachments))

    return sample_renamed


def _try_out(kind: str, own: ObjectType, found: AssetFolder) -> None:
    objects = ObjectCatalogue(own=found.types or {})
    try:
        sample = own.sample(rng_for(0, 1, "objects"))
        mesh = own.build(sample.params)
        faults = list(_faults(own, sample, tuple(mesh.slots), len(mesh.keypoints_m)))
        for part in sample.attachments:
            objects.named(part.kind).build(part.params)
    except SynthvisError as error:
        raise UsageError(f"{kind}: {error.what}", hint=error.hint) from error
    except Exception as error:
        raise UsageError(f"{kind} fails: {last_line(error)}") from error
    if faults:
        raise UsageError(f"{kind}: {faults[0]}", hint="docs/how_to/own_object.md has an example")


def _faults(own: ObjectType, sample: Sample, slots: tuple[str, ...], keypoints: int) -> Iterator[str]:
    for slot in slots:
        if slot not in sample.surfaces:
            yield f"its mesh has the slot {slot!r}, for which its sample has no surface"
    wanted = len(own.category.keypoints) if own.category else keypoints
    if keypoints != wanted:
        yield f"its mesh has {keypoints} keypoints, its class {wanted}"
    if not own.rest_poses:
        yield "it has no rest pose"
