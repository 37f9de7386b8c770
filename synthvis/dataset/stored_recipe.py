"""The recipe as a dataset.json holds it: what is shown of it by name; whoever renders from it checks all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from synthvis.formats.json_file import FileModel, JsonObject, Name, validated

__all__ = ["StoredRecipe"]


class _Parts(FileModel):
    name: Name
    image: dict[Name, object] = Field(default_factory=dict)
    render: dict[Name, object] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecipe:
    """A recipe that was resolved and dumped.

    Attributes:
        name: Its name.
        values: All of it, as it stands in the file.
    """

    name: str
    values: JsonObject

    @classmethod
    def of(cls, values: JsonObject) -> StoredRecipe:
        """From the values of a file or of a dumped recipe.

        Raises:
            JsonError: It has no name, or `image` or `render` is no object.
        """
        return cls(name=validated(values, _Parts).name, values=values)

    def value_at(self, key: str) -> object:
        """The value at a key such as "image.width_px"; None where there is none."""
        found: object = self.values
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    @property
    def depth_encoding(self) -> str | None:
        """Name of the form in which depth is stored; None where it does not say."""
        name = self.value_at("labels.depth")
        return name if isinstance(name, str) else None

    @property
    def assets(self) -> tuple[str, ...]:
        """Folders and files of the user's, NAME@DIGEST."""
        found = self.value_at("assets")
        return tuple(map(str, found)) if isinstance(found, list | tuple) else ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Types of object that it names, labelled ones first."""
        weights = (self.value_at("objects.kinds"), self.value_at("distractors.kinds"))
        return tuple(str(name) for one in weights if isinstance(one, Mapping) for name in one)
