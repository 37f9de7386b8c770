"""A crate of any size, as a type of object of its own; workers run this file again."""

import argparse
from collections.abc import Mapping

import numpy as np

import synthvis as sv
from synthvis.objects.mesh.meshes import Mesh, box, merge
from synthvis.objects.object_type import Sample


def sample(rng: np.random.Generator) -> Sample:
    paint = sv.SurfaceSpec(kind="plastic", params={"color": (0.8, 0.1, 0.05), "roughness": sv.uniform(rng, (0.2, 0.5))})
    return Sample(params={"side_m": sv.uniform(rng, (0.2, 0.4))}, surfaces={"paint": paint})


def build(params: Mapping[str, float]) -> Mesh:
    return merge([box("paint", (params["side_m"],) * 3)], np.zeros((0, 3)))


UPRIGHT = sv.RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0))
CRATE = sv.Category(id=2001, name="crate", supercategory="object")
CRATES = sv.ObjectType(name="crate", category=CRATE, sample=sample, build=build, rest_poses=(UPRIGHT,))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=8)
    recipe = sv.load_recipe("meshes", assets=[__file__], set={"image.width_px": 160, "image.height_px": 160})
    sv.render(recipe, n=parser.parse_args().n, out="data/crates")
