"""Run model.onnx, which lies beside this file, on pictures: python run_onnx.py PICTURE... (numpy, cv2, onnxruntime)."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent


def letterbox(image_rgb, size, pad_value):
    """A (size, size, 3) square, scaled with its aspect kept and padded at the right and bottom, and its x, y scale."""
    height, width = image_rgb.shape[:2]
    scale = size / max(height, width)
    inner_h, inner_w = max(1, round(height * scale)), max(1, round(width * scale))
    way = cv2.INTER_AREA if height > inner_h else cv2.INTER_CUBIC
    square = np.full((size, size, 3), pad_value, np.uint8)
    square[:inner_h, :inner_w] = cv2.resize(image_rgb, (inner_w, inner_h), interpolation=way)
    return square, (inner_w / width, inner_h / height)


def suppressed(boxes, scores, iou):
    """Indices of the boxes (B, 4) that no better one covers by more than `iou`, the best first."""
    order, kept = np.argsort(-scores, kind="stable"), []
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        low, high = np.maximum(boxes[best, :2], boxes[rest, :2]), np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = (high - low).clip(0).prod(axis=1)
        order = rest[shared <= iou * (areas[best] + areas[rest] - shared)]
    return np.array(kept, dtype=int)


def detections(boxes, scores, facts):
    """(D, 6) rows of left, top, right, bottom, class index and score, of (A, 4) boxes and (A, C) scores."""
    rows = []
    for index in range(scores.shape[1]):
        likely = scores[:, index] > facts["score_threshold"]
        own, own_scores = boxes[likely], scores[likely, index]
        kept = suppressed(own, own_scores, facts["nms_iou"])
        rows += [[*own[one], index, own_scores[one]] for one in kept]
    return np.array(sorted(rows, key=lambda row: -row[5])[: facts["detections"]]).reshape(-1, 6)


if __name__ == "__main__":
    model = json.loads((HERE / "model.json").read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"))
    for name in sys.argv[1:]:
        image = cv2.imread(name, cv2.IMREAD_COLOR)[:, :, ::-1]
        square, scale = letterbox(image, model["input_size"], model["pad_value"])
        outputs = session.run(None, {"images": square.transpose(2, 0, 1)[None]})
        if model["suppression"]:
            for row in detections(outputs[0][0], outputs[1][0], model["suppression"]):
                x0, y0, x1, y1 = (row[:4] / np.tile(scale, 2)).clip(0, np.tile(image.shape[1::-1], 2))
                print(f"{name} {model['classes'][int(row[4])]} {row[5]:.3f} {x0:.1f} {y0:.1f} {x1:.1f} {y1:.1f}")
        else:
            print(name, {key: value.shape for key, value in zip(model["outputs"], outputs)})
