"""What an environment is: a scene in which things stand where people put them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from synthvis.errors import UsageError
from synthvis.objects.spec import Vec3
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.placed_object import PlacedObject
from synthvis.scene.surroundings import Surroundings

__all__ = ["Composition", "Environment", "View", "environment"]

LIGHTS = ("studio", "tabletop", "ground", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How people photograph an environment; focal length, roll and lens come from the recipe.

    Attributes:
        azimuth_deg: Largest turn of the camera to either side of looking along +x.
        elevation_deg: Height angle of the camera over what it looks at; negative: it looks up.
        height_m: Bounds of the camera's height, in the frame of the environment.
        fill: Size of what it looks at over the picture's shorter side.
        distance_m: Bounds of the distance to what it looks at.
        anchors: Kinds that it looks at, alone or with their neighbours, where there are any; none: every labelled kind.
        alone_share: Share of pictures that look at one of them alone, and from nearer.
        aisle_m: Bounds of the camera's y, where houses stand beyond them.
        open_kinds: Kinds, such as trees, into whose boxes it may go; it keeps clear of their bodies.
        eye_m: Where the camera is, in the frame of the environment, if not at a height and distance that are drawn.
        upper: Bounds of the part of its height, from its top, that a picture is about: 0.25 of a person are head and
            shoulders. Beyond 1 all of it, so (0.25, 1.25) shows it all in a quarter of the pictures; (1, 1): always.
        inside_m: Bounds of x and of y, in the frame of the environment, that the camera keeps to where it can: walls.
    """

    azimuth_deg: float = 50.0
    elevation_deg: tuple[float, float] = (5.0, 45.0)
    height_m: tuple[float, float] = (0.3, 2.5)
    fill: tuple[float, float] = (0.5, 1.4)
    distance_m: tuple[float, float] = (0.25, 12.0)
    anchors: tuple[str, ...] = ()
    alone_share: float = 0.3
    aisle_m: tuple[float, float] = (-math.inf, math.inf)
    open_kinds: tuple[str, ...] = ()
    eye_m: Vec3 | None = None
    upper: tuple[float, float] = (1.0, 1.0)
    inside_m: tuple[tuple[float, float], tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """One draw of an environment.

    Attributes:
        surroundings: Floor, walls and background; `forward_rad` is added when the whole is turned.
        placed: All objects, labelled and not.
        view: From where it is seen.
    """

    surroundings: Surroundings
    placed: tuple[PlacedObject, ...]
    view: View = field(default_factory=View)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A kind of environment.

    Attributes:
        name: As in recipes.
        description: A line for `synthvis scenes ls`.
        kinds: Every kind of object that may stand there: their categories become those of the dataset.
        light: Which environment maps and lamps suit it: "studio", "tabletop" (indoors), "ground" (out of doors) or
            "open" (out of doors with nothing beyond, as at sea).
        compose: Puts things in place; `SceneComposer.rng` is the source of all its draws.
        floor_m: Half the side of the floor that things may stand on.
        level_m: Height of the floor.
    """

    name: str
    description: str
    kinds: tuple[str, ...]
    light: str
    compose: Callable[[SceneComposer], Composition]
    floor_m: float = 4.0
    level_m: float = 0.0


def environment(
    *, kinds: Sequence[str], light: str = "tabletop", description: str = "", floor_m: float = 4.0, level_m: float = 0.0
) -> Callable[[Callable[[SceneComposer], Composition]], Environment]:
    """Make an environment of the function below it; arguments as in `Environment`.

    Raises:
        UsageError: No such light, or no kinds.
    """
    if light not in LIGHTS or not kinds or isinstance(kinds, str):
        raise UsageError("@environment needs kinds=(...) and a light", hint=f"light is one of {', '.join(LIGHTS)}")

    def made(compose: Callable[[SceneComposer], Composition]) -> Environment:
        said = description or (compose.__doc__ or "").strip().split("\n")[0]
        return Environment(
            name=compose.__name__,
            description=said,
            kinds=tuple(kinds),
            light=light,
            compose=compose,
            floor_m=floor_m,
            level_m=level_m,
        )

    return made
