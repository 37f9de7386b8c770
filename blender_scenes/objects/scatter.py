"""Small meshes scattered over an object by geometry nodes: the leaves of a tree.

What is scattered, how densely and from which seed stands in `Mesh.scatters`, so its data decide a scene: Blender
only repeats, thousands of times, what it is told. The scattered meshes become part of the object's own geometry, and so
carry its instance id; placement, silhouettes and other labels know nothing of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from synthvis.objects.mesh.mesh import Scatter

__all__ = ["add_scatter"]


def add_scatter(thing: bpy.types.Object, scatter: Scatter, scattered: Sequence[bpy.types.Object]) -> None:
    """Strew objects, which need not be in the scene, over the mesh of `thing`.

    Args:
        thing: Has the attribute `scatter.density` on its vertices.
        scatter: Where, how many, which way.
        scattered: An object for each of `scatter.meshes`.
    """
    tree = bpy.data.node_groups.new(f"{thing.name}.scatter", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    _write(tree, scatter, scattered)
    thing.modifiers.new("scatter", "NODES").node_group = tree


def _write(tree: Any, scatter: Scatter, scattered: Sequence[bpy.types.Object]) -> None:
    surface = _node(tree, "NodeGroupInput").outputs[0]
    density = _out(_node(tree, "GeometryNodeInputNamedAttribute", Name=scatter.density))
    points = _node(tree, "GeometryNodeDistributePointsOnFaces", Mesh=surface, Density=density, Seed=scatter.seed)
    # Away from the surface, jittered by chance, and up towards the light or down with its own weight.
    normal_jitter = _random(
        tree, scatter, 1, "FLOAT_VECTOR", (-scatter.normal_jitter,) * 3, (scatter.normal_jitter,) * 3
    )
    leaning = _sum(tree, normal_jitter, (0.0, 0.0, scatter.upward_bias))
    ahead = _sum(tree, points.outputs["Normal"], leaning)
    over = _sum(
        tree,
        _random(tree, scatter, 2, "FLOAT_VECTOR", (-scatter.normal_jitter,) * 3, (scatter.normal_jitter,) * 3),
        (0, 0, 1),
    )
    turn = _node(tree, "FunctionNodeAxesToRotation", primary_axis="Z", secondary_axis="X")
    _feed(tree, turn, {"Primary Axis": ahead, "Secondary Axis": over})
    shapes = _node(tree, "GeometryNodeJoinGeometry")
    # The first link of a socket that takes many comes last.
    for source in reversed(scattered):
        info = _node(tree, "GeometryNodeObjectInfo", Object=source)
        _feed(tree, info, {"As Instance": True})
        tree.links.new(info.outputs["Geometry"], shapes.inputs[0])
    copies = _node(tree, "GeometryNodeInstanceOnPoints", Points=points.outputs["Points"], Instance=_out(shapes))
    _feed(
        tree,
        copies,
        {
            "Pick Instance": True,
            "Instance Index": _random(tree, scatter, 3, "INT", 0, len(scattered) - 1),
            "Rotation": _out(turn),
            "Scale": _random(tree, scatter, 4, "FLOAT", *scatter.scale),
        },
    )
    toned = _node(
        tree,
        "GeometryNodeStoreNamedAttribute",
        domain="INSTANCE",
        Geometry=_out(copies),
        Name="tone",
        Value=_random(tree, scatter, 5, "FLOAT", 0.0, 1.0),
    )
    # Instances would render with the index of what is scattered; as one mesh it has that of its carrier, at equal cost.
    real = _node(tree, "GeometryNodeRealizeInstances", Geometry=_out(toned))
    both = _node(tree, "GeometryNodeJoinGeometry")
    tree.links.new(_out(real), both.inputs[0])
    tree.links.new(surface, both.inputs[0])
    tree.links.new(_out(both), _node(tree, "NodeGroupOutput").inputs[0])


def _random(tree: Any, scatter: Scatter, stream: int, data_type: str, low: Any, high: Any) -> Any:
    """A value for each point; `stream` tells apart those of one scatter."""
    seed = (scatter.seed + stream * 7919) % 2**31
    return _out(_node(tree, "FunctionNodeRandomValue", data_type=data_type, Min=low, Max=high, Seed=seed))


def _sum(tree: Any, first: Any, second: Any) -> Any:
    node = _node(tree, "ShaderNodeVectorMath")
    for socket, value in zip(node.inputs, (first, second), strict=False):
        _join(tree, socket, value)
    return _out(node)


def _node(tree: Any, kind: str, **values: Any) -> Any:
    """A new node: names in small letters are properties, others inputs, fed with sockets or constants."""
    node = tree.nodes.new(kind)
    for name in [name for name in values if name.islower()]:
        setattr(node, name, values.pop(name))
    _feed(tree, node, values)
    return node


def _feed(tree: Any, node: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        # Some nodes keep a set of sockets of the same names for each type of data and enable one.
        _join(tree, next(socket for socket in node.inputs if socket.name == name and socket.enabled), value)


def _join(tree: Any, socket: Any, value: Any) -> None:
    if isinstance(value, bpy.types.NodeSocket):
        tree.links.new(value, socket)
    else:
        socket.default_value = value


def _out(node: Any) -> Any:
    return next(socket for socket in node.outputs if socket.enabled)
