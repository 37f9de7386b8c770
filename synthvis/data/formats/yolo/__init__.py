"""YOLO: a data.yaml, pictures in images/SPLIT and for each a text file in labels/SPLIT with a row an object.

Source: the descriptions of dataset formats at https://docs.ultralytics.com/datasets/ (detect, segment, pose, obb).
"""
