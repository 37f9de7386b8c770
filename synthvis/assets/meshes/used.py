"""The own meshes that a recipe uses, with the way back to the coordinates of their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from synthvis.assets.meshes.file_frame import FileFrame
from synthvis.assets.meshes.importing import Imported, imported
from synthvis.assets.references import known_folder
from synthvis.assets.resolve import catalogue_of
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError
from synthvis.objects.mesh.mesh import Mesh

__all__ = ["UsedMesh", "used_meshes"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsedMesh:
    """An own mesh as it is rendered and labelled.

    Attributes:
        kind: Its name in recipes.
        category: Name of its class; None: unlabelled.
        source: Its file, with the name of the folder that was given.
        mesh: In the object's frame, metres.
        frame: How coordinates of the file became the mesh's.
        notes: What was assumed or changed.
    """

    kind: str
    category: str | None
    source: str
    mesh: Mesh
    frame: FileFrame
    notes: tuple[str, ...]


def used_meshes(recipe: Recipe) -> Iterator[UsedMesh]:
    """Every own mesh that pictures of a recipe may show, by name.

    Args:
        recipe: Resolved.

    Raises:
        RecipeError: The cache has lost one.
    """
    others = recipe.distractors
    catalogue = catalogue_of(recipe)
    used = {*catalogue.kinds_in(recipe), *others.kinds, *others.background_kinds}
    folders = [folder for folder in map(known_folder, recipe.assets) if folder.types is None]
    files = {file.kind: (folder, file) for folder in folders for file in folder.files if file.kind in used}
    for name, (folder, file) in sorted(files.items()):
        found, kind = imported(folder.digest, name), catalogue.objects.named(name)
        if not isinstance(found, Imported):
            raise RecipeError(f"the cache has lost the mesh {name}", hint="name its folder again: --assets PATH")
        yield UsedMesh(
            kind=name,
            category=kind.category.name if kind.category else None,
            source=file.path if name == folder.name else f"{folder.name}/{file.path}",
            mesh=kind.build({"content": found.content}),
            frame=found.frame,
            notes=tuple(found.notes),
        )
