"""A short way to write shader node trees.

A surface builder takes `Nodes` and the parameters of its `SurfaceSpec`, and ends with `n.surface(...)`:

    def skin(n: Nodes, params: Params) -> None:
        at = n.coords()                                     # object frame, metres, moved by params["seed"]
        spots = n.noise(at, scale=90.0, detail=2.0)         # a float socket, about 0.2..0.8
        along = n.attribute("along")                        # per-vertex float of Mesh.attributes
        color = n.ramp(along, [(0.0, color_of(params, "stem_color", GREEN)), (0.4, color_of(params, "color", RED))])
        color = n.mix(n.remap(spots, 0.6, 0.65), color, BROWN)
        n.surface(color, roughness=number_of(params, "roughness", 0.4), normal=n.bump(spots, distance_m=0.0005))

Every value may be a socket, a number or a tuple of three numbers; methods return a socket. Colours are linear RGB.
`scale` of a texture counts features a metre when fed with `coords()`, so two objects of one size look equally coarse.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from blender_scenes.materials.params import Color, Params

__all__ = ["Builder", "Node", "Nodes", "Socket", "Value"]

Value = Any
"""A socket, a number, or a tuple of three numbers."""


RAMP_INTERPOLATION = "color_ramp.interpolation"
PICTURE = "image.name"
"""Setting of an image node: a picture's name within the cache."""


@dataclass(frozen=True, slots=True)
class Socket:
    """Output `key` of the node at `index`."""

    index: int
    key: str | int


@dataclass(slots=True)
class Node:
    """A node to be: its RNA type, its properties, what is fed into its inputs, and the stops of a ramp."""

    index: int
    kind: str
    settings: dict[str, Any]
    fed: dict[str | int, Value] = field(default_factory=dict)
    stops: tuple[tuple[float, Color], ...] = ()

    def out(self, key: str | int = 0) -> Socket:
        """One of its outputs, by name or position."""
        return Socket(self.index, key)

    def structure(self) -> Hashable:
        """All of it but the constants, which are cheap to change in a tree that exists."""
        inputs = tuple((key, value if isinstance(value, Socket) else None) for key, value in self.fed.items())
        return self.kind, tuple(self.settings.items()), len(self.stops), inputs


class Nodes:
    """Writes down one node tree; `create` makes it in Blender, `update` turns a tree of equal structure into it.

    Args:
        seed: Moves every texture, so that two objects with one recipe differ.
    """

    def __init__(self, seed: float = 0.0) -> None:
        self.nodes: list[Node] = []
        # Irrational steps keep the offsets of neighbouring seeds apart on every axis; the range stays small because
        # float32 noise loses detail far from the origin.
        self.offset = tuple((seed * step) % 97.0 for step in (12.9898, 78.233, 37.719))
        self._coordinates: Node | None = None
        self._flat: Socket | None = None
        self._dimensions = "3D"

    def structure(self) -> Hashable:
        """Equal for trees that differ in constants only."""
        return tuple(node.structure() for node in self.nodes)

    def create(self, tree: Any) -> None:
        """Make the nodes and links in an empty tree."""
        # Every step makes Blender revise the tree, which is quick while it is small and without links.
        made = [_made(node, tree) for node in self.nodes]
        for node, real in zip(self.nodes, made, strict=True):
            for key, value in node.fed.items():
                if isinstance(value, Socket):
                    tree.links.new(made[value.index].outputs[value.key], real.inputs[key])

    def update(self, tree: Any, shown: Nodes | None = None) -> None:
        """Write the constants into a tree of this structure; only those that differ from `shown`, what it holds now."""
        known = shown.nodes if shown else [None] * len(self.nodes)
        for node, old, real in zip(self.nodes, known, tree.nodes, strict=True):
            _set_constants(node, old, real)

    def flatten(self) -> None:
        """From here on lay textures on faces as 2D paper instead of cutting them from a block, at half the cost.

        For planes and boxes; on round things seams show.
        """
        self._dimensions = "2D"

    def add(self, kind: str, **settings: Any) -> Node:
        """A new node of RNA type `kind` with properties set."""
        node = Node(len(self.nodes), kind, settings)
        self.nodes.append(node)
        return node

    def feed(self, node: Node, *in_order: Value, **named: Value) -> None:
        """Feed inputs of `node`, in order or by name, with sockets or constants; numbers and RGB widen as needed."""
        node.fed.update(enumerate(in_order))
        node.fed.update(named)

    # Where on the surface

    def _texture_coordinates(self) -> Node:
        if self._coordinates is None:
            self._coordinates = self.add("ShaderNodeTexCoord")
        return self._coordinates

    def position(self) -> Socket:
        """Object-frame position in metres, without the seed's offset."""
        return self._texture_coordinates().out("Object")

    def generated(self) -> Socket:
        """Position within the object's bounding box, 0..1 on each axis, without the seed's offset."""
        return self._texture_coordinates().out("Generated")

    def coords(self, scale: Value = 1.0) -> Socket:
        """Object-frame position times `scale` (a number, or one a axis to stretch), moved by the seed."""
        if self._dimensions == "2D":
            return self.flat() if scale == 1.0 else self.vector("MULTIPLY", self.flat(), scale)
        return self.vector("MULTIPLY_ADD", self._texture_coordinates().out("Object"), scale, self.offset)

    def flat(self) -> Socket:
        """(u, v, 0) in metres on the face, moved by the seed: (x, y) where it is level, (x or y, z) where upright."""
        if self._flat is not None:
            return self._flat
        x, y, z = self.axes(self.vector("ADD", self.position(), self.offset))
        normal = self.vector("ABSOLUTE", self._texture_coordinates().out("Normal"))
        normal_x, normal_y, normal_z = self.axes(normal)
        is_level = self.math("GREATER_THAN", normal_z, 0.7)
        is_across = self.math("SUBTRACT", self.math("GREATER_THAN", normal_x, normal_y), is_level, clamp=True)
        self._flat = self.combine(self._choose(is_across, x, y), self._choose(is_level, z, y))
        return self._flat

    def _choose(self, switch: Value, off: Value, on: Value) -> Socket:
        return self.remap(switch, 0.0, 1.0, (off, on), smooth=False)

    def attribute(self, name: str) -> Socket:
        """Per-vertex value `name` of the mesh, as a float."""
        return self.add("ShaderNodeAttribute", attribute_name=name).out("Fac")

    def axes(self, vector: Value) -> tuple[Socket, Socket, Socket]:
        """The x, y and z of a vector."""
        node = self.add("ShaderNodeSeparateXYZ")
        self.feed(node, vector)
        return node.out(0), node.out(1), node.out(2)

    def combine(self, x: Value, y: Value, z: Value = 0.0) -> Socket:
        """A vector from three numbers."""
        node = self.add("ShaderNodeCombineXYZ")
        self.feed(node, x, y, z)
        return node.out(0)

    def facing(self, blend: float = 0.5) -> Socket:
        """0 where the surface faces the viewer, towards 1 at its rim."""
        node = self.add("ShaderNodeLayerWeight")
        self.feed(node, Blend=blend)
        return node.out("Facing")

    # Arithmetic

    def math(self, operation: str, a: Value, b: Value = 0.0, c: Value = 0.0, *, clamp: bool = False) -> Socket:
        """A Math node: ADD, MULTIPLY, POWER, SINE, MODULO, LESS_THAN, ... (angles in radians)."""
        node = self.add("ShaderNodeMath", operation=operation, use_clamp=clamp)
        self.feed(node, a, b, c)
        return node.out(0)

    def vector(self, operation: str, a: Value, b: Value = 0.0, c: Value = 0.0) -> Socket:
        """A Vector Math node: ADD, MULTIPLY_ADD, NORMALIZE, ...; LENGTH, DOT_PRODUCT and DISTANCE give a number."""
        node = self.add("ShaderNodeVectorMath", operation=operation)
        self.feed(node, a, b, c)
        return node.out("Value" if operation in {"LENGTH", "DOT_PRODUCT", "DISTANCE"} else "Vector")

    def remap(
        self, value: Value, low: Value, high: Value, to: tuple[Value, Value] = (0.0, 1.0), *, smooth: bool = True
    ) -> Socket:
        """`value` from low..high to `to`, clamped, with soft ends unless told otherwise."""
        node = self.add("ShaderNodeMapRange", interpolation_type="SMOOTHSTEP" if smooth else "LINEAR", clamp=True)
        self.feed(node, value, low, high, *to)
        return node.out(0)

    # Textures: `at` is a vector socket, mostly coords()

    def noise(
        self,
        at: Value,
        scale: Value,
        *,
        detail: float = 2.0,
        roughness: float = 0.5,
        distortion: float = 0.0,
        color: bool = False,
    ) -> Socket:
        """Perlin fBm around 0.5 (mostly 0.25..0.75); `color` gives three independent channels."""
        node = self.add("ShaderNodeTexNoise", noise_dimensions=self._dimensions)
        self.feed(node, Vector=at, Scale=scale, Detail=detail, Roughness=roughness, Distortion=distortion)
        return node.out(1 if color else 0)

    def cells(self, at: Value, scale: Value, *, randomness: float = 1.0, output: str = "distance") -> Socket:
        """Voronoi cells: "distance" to the centre, "color" (random a cell), or "edge" (distance to the border)."""
        feature = "DISTANCE_TO_EDGE" if output == "edge" else "F1"
        node = self.add("ShaderNodeTexVoronoi", feature=feature, voronoi_dimensions=self._dimensions)
        self.feed(node, Vector=at, Scale=scale, Randomness=randomness)
        return node.out(1 if output == "color" else 0)

    def wave(
        self,
        at: Value,
        scale: Value,
        *,
        axis: str = "X",
        distortion: Value = 0.0,
        detail: float = 2.0,
        rings: bool = False,
    ) -> Socket:
        """Sine bands (or rings) across `axis`, 0..1; `distortion` bends them with noise."""
        direction = "rings_direction" if rings else "bands_direction"
        node = self.add("ShaderNodeTexWave", wave_type="RINGS" if rings else "BANDS", **{direction: axis})
        self.feed(node, Vector=at, Scale=scale, Distortion=distortion, Detail=detail)
        return node.out(1)

    def bricks(
        self, at: Value, a: Value, b: Value, mortar: Value, *, width_m: float, height_m: float, gap_m: float
    ) -> tuple[Socket, Socket]:
        """Bricks in the xy plane of `at`: (colour mixed from a and b a brick, 1 in the mortar)."""
        node = self.add("ShaderNodeTexBrick")
        self.feed(node, Vector=at, Color1=a, Color2=b, Mortar=mortar, Scale=1.0)
        self.feed(
            node, **{"Mortar Size": gap_m / 2, "Brick Width": width_m, "Row Height": height_m, "Mortar Smooth": 0.1}
        )
        return node.out(0), node.out(1)

    def checker(self, at: Value, scale: Value) -> Socket:
        """0 or 1, `scale` squares a unit."""
        node = self.add("ShaderNodeTexChecker")
        self.feed(node, Vector=at, Scale=scale)
        return node.out(1)

    def white_noise(self, at: Value, *, color: bool = False) -> Socket:
        """A random number (or colour) for each distinct `at`; FLOOR a vector first to make blocks."""
        node = self.add("ShaderNodeTexWhiteNoise", noise_dimensions="3D")
        self.feed(node, Vector=at)
        return node.out(1 if color else 0)

    def picture(self, name: str, at: Value) -> Socket:
        """The colour of a picture of the user's at `at`, repeated; `name` is a path within the cache."""
        node = self.add("ShaderNodeTexImage", **{PICTURE: name})
        self.feed(node, at)
        return node.out("Color")

    def uv(self) -> Socket:
        """Where the mesh itself places its picture."""
        return self._texture_coordinates().out("UV")

    # Colours

    def ramp(self, factor: Value, stops: Sequence[tuple[float, Color]], *, interpolation: str = "LINEAR") -> Socket:
        """A colour ramp through (position, linear RGB) stops; CONSTANT for hard bands, EASE for soft ones."""
        node = self.add("ShaderNodeValToRGB")
        node.settings[RAMP_INTERPOLATION] = interpolation
        node.stops = tuple(sorted(stops, key=lambda stop: stop[0]))
        self.feed(node, factor)
        return node.out(0)

    def mix(self, factor: Value, a: Value, b: Value, *, blend: str = "MIX") -> Socket:
        """Colour `a` towards `b` by `factor`; blend MIX, MULTIPLY, ADD, OVERLAY, ..."""
        node = self.add("ShaderNodeMix", data_type="RGBA", blend_type=blend, clamp_factor=True)
        # ShaderNodeMix holds one set of sockets for each data type; 6 and 7 are those of RGBA.
        node.fed.update({0: factor, 6: a, 7: b})
        return node.out(2)

    def shade(self, color: Value, factor: Value) -> Socket:
        """`color` times a number or number socket: how dark and light patches are made."""
        return self.mix(1.0, color, factor, blend="MULTIPLY")

    def tint(self, color: Value, *, hue: Value = 0.5, saturation: Value = 1.0, value: Value = 1.0) -> Socket:
        """Hue (0.5: unchanged), saturation and value of a colour changed."""
        node = self.add("ShaderNodeHueSaturation")
        self.feed(node, Hue=hue, Saturation=saturation, Value=value, Color=color)
        return node.out(0)

    # The end of the tree

    def bump(self, height: Value, *, distance_m: float, strength: Value = 1.0, normal: Value | None = None) -> Socket:
        """A normal bent by `height` (0..1), whose full range is `distance_m` deep."""
        node = self.add("ShaderNodeBump")
        self.feed(node, Height=height, Strength=strength, Distance=distance_m)
        if normal is not None:
            self.feed(node, Normal=normal)
        return node.out(0)

    def surface(
        self,
        color: Value,
        *,
        roughness: Value = 0.5,
        metallic: Value = 0.0,
        specular: Value = 0.5,
        normal: Value | None = None,
        coat: Value = 0.0,
        sheen: Value = 0.0,
        subsurface: Value = 0.0,
        subsurface_radius_m: Color = (0.005, 0.003, 0.002),
        transmission: Value = 0.0,
        ior: float = 1.45,
        emission: Value = 0.0,
        alpha: Value = 1.0,
    ) -> Socket:
        """End the tree with a Principled shader. Subsurface costs time; keep it 0 unless it shows."""
        node = self.add("ShaderNodeBsdfPrincipled")
        values: dict[str, Value] = {"Base Color": color, "Roughness": roughness}
        optional = {
            "Metallic": (metallic, 0.0),
            "Specular IOR Level": (specular, 0.5),
            "Coat Weight": (coat, 0.0),
            "Sheen Weight": (sheen, 0.0),
            "Subsurface Weight": (subsurface, 0.0),
            "Transmission Weight": (transmission, 0.0),
            "IOR": (ior, 1.5),
            "Emission Strength": (emission, 0.0),
            "Alpha": (alpha, 1.0),
        }
        values |= {name: value for name, (value, unset) in optional.items() if value is not unset and value != unset}
        if "Emission Strength" in values:
            values["Emission Color"] = color
        if "Subsurface Weight" in values:
            values |= {"Subsurface Radius": subsurface_radius_m, "Subsurface Scale": 1.0}
        if normal is not None:
            values["Normal"] = normal
        self.feed(node, **values)
        self.output(node.out(0))
        return node.out(0)

    def output(self, shader: Socket) -> None:
        """Make `shader` what the material shows; for shaders other than Principled."""
        node = self.add("ShaderNodeOutputMaterial")
        self.feed(node, Surface=shader)


def _made(node: Node, tree: Any) -> Any:
    """A real node with its properties and constants."""
    real = tree.nodes.new(node.kind)
    for name, value in node.settings.items():
        if name == PICTURE:
            # Here, so that trees can be written down without Blender.
            from blender_scenes.materials.pictures import load_picture

            real.image = load_picture(value)
            continue
        owner, name = (real.color_ramp, "interpolation") if name == RAMP_INTERPOLATION else (real, name)
        if getattr(owner, name) != value:
            setattr(owner, name, value)
    for _ in range(len(node.stops) - 2):
        real.color_ramp.elements.new(0.5)
    _set_constants(node, None, real)
    return real


def _set_constants(node: Node, old: Node | None, real: Any) -> None:
    """Write what differs from `old`, as each write makes Blender revise the whole tree."""
    for key, value in node.fed.items():
        if not isinstance(value, Socket) and (old is None or old.fed[key] != value):
            _set_constant(real.inputs[key], value)
    if node.stops and (old is None or old.stops != node.stops):
        for element, (position, color) in zip(real.color_ramp.elements, node.stops, strict=True):
            element.position, element.color = position, (*color, 1.0)


def _set_constant(socket: Any, value: Value) -> None:
    """Set an input's constant, widened to what the input holds."""
    if socket.type == "RGBA":
        value = (*value, 1.0)[:4] if isinstance(value, tuple) else (value, value, value, 1.0)
    elif socket.type == "VECTOR" and not isinstance(value, tuple):
        value = (value, value, value)
    held = socket.default_value
    if value != (tuple(held) if isinstance(value, tuple) else held):
        socket.default_value = value


Builder = Callable[[Nodes, Params], None]
"""Writes the node tree of one material."""
