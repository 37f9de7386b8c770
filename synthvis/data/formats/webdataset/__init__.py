"""WebDataset: tar files (shards) in which the files of an image stand together under one key.

Source: https://github.com/webdataset/webdataset, "The WebDataset Format": members are grouped by the part of their
name before the first dot, the rest names the field.
"""
