"""Surroundings in the making."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from synthvis.objects.spec import SurfaceSpec
from synthvis.scene.surroundings import Base, Block, Ground, Surroundings, Tree, Wall

__all__ = ["SurroundingsBuilder"]


@dataclass(slots=True, kw_only=True)
class SurroundingsBuilder:
    """Collects what stands around the objects; `build` makes the value of it. Attributes as in `Surroundings`."""

    base: Base
    walls: list[Wall] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    crown_seed: int = 0
    surfaces: dict[str, SurfaceSpec] = field(default_factory=dict)

    @property
    def ground(self) -> Ground:
        """The base, where it is ground.

        Raises:
            TypeError: It is another one.
        """
        if not isinstance(self.base, Ground):
            raise TypeError(f"a {self.base.kind} is no ground")
        return self.base

    def change_road(self, **changes: object) -> None:
        """Change the road on the ground; arguments as those of `Road`."""
        self.base = replace(self.ground, road=replace(self.ground.road, **changes))  # type: ignore[arg-type]  # checked by Road

    def build(self, *, forward_rad: float = 0.0) -> Surroundings:
        """What has been collected."""
        return Surroundings(
            base=self.base,
            walls=tuple(self.walls),
            blocks=tuple(self.blocks),
            trees=tuple(self.trees),
            crown_seed=self.crown_seed,
            forward_rad=forward_rad,
            surfaces=self.surfaces,
        )
