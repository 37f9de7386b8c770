"""A table with a few cups and bottles, as a scene of its own; workers run this file again."""

import argparse

import synthvis as sv

THINGS = {"cup": 2.0, "bottle": 1.0, "bowl": 1.0}


@sv.environment(kinds=THINGS, light="tabletop")
def side_table(composer: sv.SceneComposer) -> sv.Composition:
    """Cups, bottles and bowls on a white table."""
    rng = composer.rng
    surfaces = {slot: sv.palette.plain(rng, (0.8, 0.8, 0.78)) for slot in ("top", "apron", "leg", "floor")}
    table = sv.Surroundings(base=sv.Tabletop(width_m=1.0, depth_m=0.5, height_m=0.8), surfaces=surfaces)
    top = composer.board(0.0, (-0.25, 0.25), (-0.5, 0.5))
    for _ in range(4):
        composer.place(sv.pick(rng, THINGS), top, (sv.uniform(rng, (-0.2, 0.2)), sv.uniform(rng, (-0.4, 0.4))))
    walls = sv.with_walls(table, rng, back_m=0.4, floor_m=-0.8)
    return sv.Composition(surroundings=walls, placed=tuple(composer.placed), view=sv.View(height_m=(0.2, 0.8)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=8)
    asked = parser.parse_args()
    small = {"image.width_px": 160, "image.height_px": 160}
    sv.render(sv.load_recipe("coco", scenes=[f"{__file__}:side_table"], set=small), n=asked.n, out="data/side_table")
