"""Folders of optical flow as the benchmarks have them: MPI Sintel and KITTI."""
