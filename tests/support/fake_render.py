"""A slow and obvious renderer that the tests hold the fast code against: every pixel centre, every triangle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from opencv_distortion import undistorted

from synthvis.camera.spec import CameraSpec
from synthvis.labels.passes import Passes
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.spec import SceneSpec

NEAR_M = 0.01


def camera(world_from_cam=None, *, image_hw=(64, 64), focal_mm=36.0) -> CameraSpec:
    """A pinhole whose focal length in pixels is the longer image side; at the origin, looking along world z."""
    pose = np.eye(4) if world_from_cam is None else np.asarray(world_from_cam, dtype=float)
    return CameraSpec(
        world_from_cam=tuple(tuple(float(v) for v in row) for row in pose),
        focal_mm=focal_mm,
        sensor_width_mm=36.0,
        image_hw=image_hw,
        f_number=None,
        focus_distance_m=1.0,
    )


def cube_mesh(side_m: float, keypoints_m=((0, 0, 0),)) -> Mesh:
    """A cube centred on the origin, faces counter-clockwise from outside."""
    h = side_m / 2
    vertices = np.array([(x, y, z) for x in (-h, h) for y in (-h, h) for z in (-h, h)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int32)
    return Mesh(
        vertices_m=vertices,
        faces=faces,
        face_slots=np.zeros(len(faces), dtype=np.int32),
        slots=("skin",),
        keypoints_m=np.array(keypoints_m, dtype=float).reshape(-1, 3),
    )


def box_mesh(low_m, high_m) -> Mesh:
    """A box between two corners."""
    low, high = np.asarray(low_m, dtype=float), np.asarray(high_m, dtype=float)
    unit = cube_mesh(1.0)
    return replace(unit, vertices_m=low + (unit.vertices_m + 0.5) * (high - low))


def turned(rng, *place_m) -> tuple:
    """A pose at a place, turned at random."""
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn * np.sign(np.linalg.det(turn)), place_m
    return tuple(map(tuple, pose.tolist()))


def focal_px(cam: CameraSpec) -> float:
    return cam.focal_mm / cam.sensor_width_mm * max(cam.image_hw)


def pixel_of(cam: CameraSpec, point_world) -> tuple[float, float, float]:
    """Pixel x, y and depth of one world point, written out."""
    pose = np.array(cam.world_from_cam)
    x, y, z = pose[:3, :3].T @ (np.asarray(point_world, dtype=float) - pose[:3, 3])
    height, width = cam.image_hw
    return focal_px(cam) * x / z + width / 2, focal_px(cam) * y / z + height / 2, z


def cast_rays(
    spec: SceneSpec, meshes: Mapping[int, Mesh], *, floor_z_m: float | None = None, jitter=(0.5, 0.5)
) -> Passes:
    """One ray through every pixel centre against every triangle of every object (Moeller-Trumbore).

    With `jitter`, two (H, W) arrays in 0..1, through that place of each pixel instead.
    """
    cam = spec.camera
    height, width = cam.image_hw
    pose = np.array(cam.world_from_cam)
    rays = _rays_cam(cam, jitter) @ pose[:3, :3].T
    depth = np.full(len(rays), np.inf)
    owner = np.zeros(len(rays), dtype=np.uint16)
    normal = np.zeros((len(rays), 3))
    if floor_z_m is not None:
        with np.errstate(divide="ignore"):
            hit = (floor_z_m - pose[2, 3]) / rays[:, 2]
        on_floor = hit > NEAR_M
        depth[on_floor], normal[on_floor] = hit[on_floor], (0, 0, 1)
    for item in spec.objects:
        _cast_on(item, meshes[item.instance_id], pose, rays, depth, owner, normal)
    # The rays have length 1 along the axis, so the ray parameter is the depth.
    shade = np.where(np.isfinite(depth), 0.1 + 0.5 * np.abs(normal[:, 2]), 0.8)
    color = np.stack([shade * (0.4 + 0.6 * ((owner * k) % 3) / 2) for k in (1, 2, 5)], axis=-1)
    return Passes(
        rgb=color.reshape(height, width, 3).astype(np.float32),
        depth_m=depth.reshape(height, width).astype(np.float32),
        normal_cam=(normal @ pose[:3, :3]).reshape(height, width, 3).astype(np.float32),
        instance_id=owner.reshape(height, width),
    )


def _rays_cam(cam: CameraSpec, jitter):
    """(H * W, 3) directions through the points `jitter` of the pixels, z = 1; OpenCV undoes the distortion."""
    height, width = cam.image_hw
    fx, fy, cx, cy = cam.intrinsics_px or (focal_px(cam), focal_px(cam), width / 2, height / 2)
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    x, y = columns + jitter[0], rows + jitter[1]
    if cam.distortion is None:
        return np.stack([(x - cx) / fx, (y - cy) / fy, np.ones_like(x)], axis=-1).reshape(-1, 3)
    K = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])
    flat = undistorted(np.stack([x, y], axis=-1), K, cam.distortion)
    return np.concatenate([flat, np.ones((len(flat), 1))], axis=1)


def _cast_on(item: ObjectSpec, mesh: Mesh, pose, rays, depth, owner, normal) -> None:
    world = np.array(item.world_from_object)
    vertices = mesh.vertices_m @ world[:3, :3].T + world[:3, 3]
    chosen = _rays_near(vertices, pose, rays)
    for corners in np.array_split(vertices[mesh.faces], 1 + len(mesh.faces) * len(chosen) // 500_000):
        a, side_1, side_2 = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        cross = np.cross(rays[chosen, None], side_2)
        determinant = np.einsum("rtc,tc->rt", cross, side_1)
        across = np.cross(pose[:3, 3] - a, side_1)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.einsum("rtc,tc->rt", cross, pose[:3, 3] - a) / determinant
            v = rays[chosen] @ across.T / determinant
            t = np.einsum("tc,tc->t", side_2, across) / determinant
            # NaN, of triangles without an area or seen edge-on, compares false.
            hit = (np.abs(determinant) > 1e-15) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > NEAR_M)
        t = np.where(hit, t, np.inf)
        first = t.argmin(axis=1)
        nearer = t[np.arange(len(chosen)), first] < depth[chosen]
        struck, triangle = chosen[nearer], first[nearer]
        depth[struck], owner[struck] = t[nearer, triangle], item.instance_id
        n = np.cross(side_1, side_2)[triangle]
        normal[struck] = n / np.linalg.norm(n, axis=1, keepdims=True)


def _rays_near(vertices, pose, rays):
    """Rays inside the box of the projected vertices; all of them when a vertex is beside or behind the camera."""
    local = (vertices - pose[:3, 3]) @ pose[:3, :3]
    if local[:, 2].min() < NEAR_M:
        return np.arange(len(rays))
    slope = local[:, :2] / local[:, 2:]
    own = (rays @ pose[:3, :3])[:, :2]
    return np.flatnonzero(((own >= slope.min(axis=0)) & (own <= slope.max(axis=0))).all(axis=1))
