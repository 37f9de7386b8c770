"""Metrics of tracks: CLEAR MOT, IDF1 and HOTA, as functions of the overlaps of boxes in each frame of a film."""
