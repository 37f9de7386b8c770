"""MOTChallenge: films as folders of numbered pictures, and one text file of boxes with track ids for each.

Source: Milan et al., "MOT16: A benchmark for multi-object tracking", arXiv 1603.00831, section 3.3 (data format).
"""
