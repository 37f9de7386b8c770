"""Write bracket.obj: an angle of sheet metal with two holes in each leg, in millimetres."""

from itertools import pairwise
from pathlib import Path

import numpy as np

LEG, FOOT, WIDTH, THICK, HOLE, BEND = 60.0, 35.0, 40.0, 4.0, 3.3, 4 * np.pi
CIRCLE = np.column_stack([f(np.linspace(0.25, 2.25, 25) * np.pi) for f in (np.cos, np.sin)])
SQUARE = CIRCLE / np.abs(CIRCLE).max(axis=1, keepdims=True)
quads = []  # of the flat sheet
for v in ((0.0, WIDTH / 2), (WIDTH / 2, WIDTH)):
    for u in ((0.0, LEG), (LEG + BEND, LEG + BEND + FOOT)):  # around the holes
        middle = np.mean([u, v], axis=1)
        outer, inner = middle + SQUARE * np.ptp([u, v], axis=1) / 2, middle + CIRCLE * HOLE
        quads += [[outer[k], outer[k + 1], inner[k + 1], inner[k]] for k in range(24)]
    across = np.mean(v) + WIDTH / 4 * np.tan(np.linspace(-1, 1, 7) * np.pi / 4)
    for a, b in pairwise(np.linspace(LEG, LEG + BEND, 9)):  # where it is bent
        quads += [[(a, c), (b, c), (b, d), (a, d)] for c, d in pairwise(across)]
flat, index = np.unique(np.round(np.reshape(quads, (-1, 2)), 6), axis=0, return_inverse=True)
top, count = index.reshape(-1, 4).tolist(), len(flat)
edges = sorted({edge for quad in top for edge in zip(quad, quad[1:] + quad[:1], strict=True)})
sides = [(b, a, a + count, b + count) for a, b in edges if (b, a) not in edges]
turn = np.clip((flat[:, 0] - LEG) / BEND, 0, 1) * np.pi / 2
along, rise = np.minimum(flat[:, 0], LEG), np.maximum(flat[:, 0] - LEG - BEND, 0)
faces = [*top, *([corner + count for corner in quad[::-1]] for quad in top), *sides]
points = [(along + r * np.sin(turn), flat[:, 1], 10 - r * np.cos(turn) + rise) for r in (10 - THICK, 10.0)]
lines = ["v {:.4f} {:.4f} {:.4f}".format(*point) for point in np.concatenate(np.transpose(points, (0, 2, 1)))]
lines += ["f " + " ".join(str(corner + 1) for corner in face) for face in faces]
Path("bracket.obj").write_text("\n".join([*lines, ""]))
