"""Render a few images of a shipped recipe and draw them with their labels."""

import argparse

import synthvis as sv


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=24)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--out", default="data/look")
    asked = parser.parse_args()
    recipe = sv.load_recipe("fruit", set={"image.width_px": asked.width, "image.height_px": asked.width})
    sv.render(recipe, n=asked.n, out=asked.out, on_image=lambda done, total: print(f"{done}/{total}"))
    print(sv.preview(asked.out, n=min(asked.n, 8), views=["labels", "depth", "normals"]))


if __name__ == "__main__":
    main()
