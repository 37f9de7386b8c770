"""Say which of two sets of renders is nearer to a third set, by the features that differ most."""

import argparse

import synthvis as sv

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("real")
    parser.add_argument("--backbone", help="Network for distances of features; none: statistics of the images only.")
    asked = parser.parse_args()
    for data in (asked.first, asked.second):
        gap = sv.compare(data, asked.real, backbone=asked.backbone)
        print(f"{data}: {gap.summary.mean_js_bits:.3f} bits on average")
        for row in gap.differences[:3]:
            print(f"  {row.title}: {row.js_bits} bits")
