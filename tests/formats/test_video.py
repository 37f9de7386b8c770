"""Videos written and read back, and files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvis.errors import DatasetError
from synthvis.formats.video import PART, open_video, writing_video


def frames(count: int, hw: tuple[int, int]) -> list[np.ndarray]:
    return [np.full((*hw, 3), (20 * number, 100, 200), np.uint8) for number in range(count)]


@pytest.mark.parametrize("hw", [(48, 64), (49, 65)])
def test_a_video_comes_back(tmp_path: Path, hw: tuple[int, int]) -> None:
    path = tmp_path / "a b" / "100%d.mp4"
    with writing_video(path, 12.5) as writer:
        for frame in frames(6, hw):
            writer.write(frame)
    with open_video(path) as video:
        found = list(video.frames())
        assert (video.fps, video.stated_frames, len(found)) == (12.5, 6, 6)
    for number, frame in enumerate(found):
        assert frame.shape == (48 + 2 * (hw[0] % 2), 64 + 2 * (hw[1] % 2), 3)
        # Colours are in the order red, green, blue on both sides.
        assert np.abs(frame[20, 30].astype(int) - (20 * number, 100, 200)).max() <= 6
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_what_stops_halfway_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing_video(tmp_path / "a.mp4", 10) as writer:
        writer.write(frames(1, (48, 64))[0])
        raise KeyboardInterrupt
    with writing_video(tmp_path / "b.mp4", 10):
        pass
    assert list(tmp_path.iterdir()) == []


def test_frames_of_two_sizes_and_a_folder_that_is_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="of one size"), writing_video(tmp_path / "a.mp4", 10) as writer:
        writer.write(frames(1, (48, 64))[0])
        writer.write(frames(1, (64, 48))[0])
    assert not list(tmp_path.glob(f"*{PART}"))


def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(DatasetError, match=r"a\.mp4 is no video that can be read"), open_video(tmp_path / "a.mp4"):
        pass
    with pytest.raises(DatasetError, match="camera 97 is not there, or in use"), open_video(97):
        pass
    assert capfd.readouterr().err == ""
