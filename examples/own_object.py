"""Make a mesh, a pyramid of 8 cm, and render it, labelled, among other things."""

import argparse
from pathlib import Path

import synthvis as sv

PYRAMID = """
v -0.04 -0.04 0
v 0.04 -0.04 0
v 0.04 0.04 0
v -0.04 0.04 0
v 0 0 0.08
f 4 3 2 1
f 1 2 5
f 2 3 5
f 3 4 5
f 4 1 5
"""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=8)
    parser.add_argument("--out", default="data/pyramid")
    asked = parser.parse_args()
    mesh = Path("pyramid.obj")
    mesh.write_text(PYRAMID)
    recipe = sv.load_recipe("meshes", assets=[mesh], set={"image.width_px": 160, "image.height_px": 160}, notify=print)
    sv.render(recipe, n=asked.n, out=asked.out)
