"""Say which of two sets of renders is nearer to a third set, and by what each differs most from it."""

import argparse

import synthvis as sv

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", help="A set of renders: its folder.")
    parser.add_argument("second", help="Another one.")
    parser.add_argument("real", help="The set to compare them with: a folder, or the name of a real set such as fruit.")
    parser.add_argument("--backbone", help="Compare features of this network too, such as tf_efficientnet_lite0.")
    asked = parser.parse_args()
    bits = {}
    for data in (asked.first, asked.second):
        gap = sv.compare(data, asked.real, backbone=asked.backbone)
        bits[data] = gap.summary.mean_js_bits
        print(f"{data}: {bits[data]:.3f} bits on average")
        for row in gap.differences[:3]:
            print(f"  {row.title}: {row.js_bits} bits")
        for name, distance in gap.features.images.distances.items() if gap.features else ():
            print(f"  {name} of features of images: {distance}")
    print(f"nearer to {asked.real}: {min(bits, key=bits.get)}")
