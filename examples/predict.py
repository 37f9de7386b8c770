"""Use a trained run on pictures: print what it finds on each, and where the drawn pictures are."""

import argparse

import synthvis as sv

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--score", type=float, help="The smallest that is kept; none: the best on val.")
    asked = parser.parse_args()
    found = sv.Run.open(asked.run).predict(asked.inputs, score=asked.score)
    for picture in found:
        names = ", ".join(f"{one.class_name} {one.score}" for one in picture.objects)
        print(f"{picture.file}: {names or 'nothing'}")
    for one in found.failed:
        print(f"{one.file} could not be used: {one.why}")
    print(found.folder / "drawn")
