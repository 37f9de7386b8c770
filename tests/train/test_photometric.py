"""Pixel values: matching to photographs worked by hand, noise by its variance, RandAugment by its operations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from synthvis.formats.images import write_png
from synthvis.train.views.domain import fourier_match, histogram_match
from synthvis.train.views.photometric import JpegRoundTrip, SensorNoise, rand_augment
from synthvis.train.views.photos import PhotoPool
from synthvis.train.views.recipe import RandAugment

pytestmark = pytest.mark.train


def picture(seed: int, height: int = 24, width: int = 30) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(0, 256, (3, height, width), dtype=np.uint8))


def test_three_levels_matched_by_hand() -> None:
    # Shares of the source: 0 for 1/2, 100 for 3/4, 200 for 1. Of the reference: 10 for 1/4, 20 for 3/4, 30 for 1.
    # 1/2 is as near to 1/4 as to 3/4, and the lower level is taken; 3/4 is 20's, 1 is 30's.
    source = torch.tensor([[[0, 0, 100, 200]]], dtype=torch.uint8)
    reference = torch.tensor([[[10, 20], [20, 30]]], dtype=torch.uint8)
    assert histogram_match(source, reference).tolist() == [[[10, 10, 20, 30]]]


def test_matching_gives_the_reference_its_levels_and_leaves_itself_alone() -> None:
    source, reference = picture(0), picture(1)
    assert torch.equal(histogram_match(source, source), source)
    # The same pixels in another order have the same levels; a permutation of levels is undone.
    assert torch.equal(histogram_match(source // 2, source), histogram_match(source // 2, source.flip(-1)))
    constant = torch.full((3, 8, 8), 77, dtype=torch.uint8)
    assert histogram_match(reference, constant).unique().tolist() == [77]
    brighter = (reference // 2 + 100).to(torch.uint8)
    assert torch.equal(histogram_match(reference // 2, brighter), brighter)


@pytest.mark.parametrize("size", [(24, 30), (23, 31), (1, 1), (2, 5)])
def test_fourier_with_beta_0_or_with_itself_is_the_identity(size: tuple[int, int]) -> None:
    source, other = picture(0, *size), picture(1)
    assert torch.equal(fourier_match(source, other, 0.0), source)
    for beta in (0.01, 0.2, 0.5):
        assert torch.equal(fourier_match(source, source, beta), source)


def test_the_lowest_frequency_is_the_mean() -> None:
    # beta x 24 and beta x 30 lie between 0 and 1 period: only the mean of each channel is taken over.
    source = picture(0) // 4 + 60
    target = torch.full_like(source, 120)
    found = fourier_match(source, target, 0.02).double()
    # All pixels of a channel are rounded alike.
    assert float((found.mean(dim=(1, 2)) - 120).abs().max()) <= 0.5
    shift = found - source.double()
    assert float((shift - shift.mean(dim=(1, 2), keepdim=True)).abs().max()) <= 1


@pytest.mark.parametrize("beta", [0.15, 0.125, 0.1])
def test_fourier_swaps_the_amplitudes_below_beta_and_no_others(beta: float) -> None:
    # Against numpy's centred transform, as the paper draws it, away from clipping. An eighth of 24 and a tenth of 30
    # periods are whole: frequencies that lie on the edge are left alone.
    source, target = picture(0) // 8 + 110, picture(1) // 8 + 110
    height, width = 24, 30
    own, other = (np.fft.fftshift(np.fft.fft2(x.double().numpy()), axes=(1, 2)) for x in (source, target))
    amplitude = np.abs(own)
    rows = np.abs(np.arange(height) - height // 2) < beta * height
    columns = np.abs(np.arange(width) - width // 2) < beta * width
    window = rows[:, None] & columns[None]
    amplitude[:, window] = np.abs(other)[:, window]
    expected = np.fft.ifft2(np.fft.ifftshift(amplitude * np.exp(1j * np.angle(own)), axes=(1, 2)))
    assert np.abs(expected.imag).max() < 1e-9
    np.testing.assert_array_equal(fourier_match(source, target, beta).numpy(), np.rint(expected.real).clip(0, 255))


def test_noise_has_the_variance_that_it_says_in_linear_light() -> None:
    torch.manual_seed(0)
    grey = torch.full((3, 200, 200), 188, dtype=torch.uint8)
    light = ((188 / 255 + 0.055) / 1.055) ** 2.4
    noisy = SensorNoise((0.05, 0.05), (0.01, 0.01))(grey).double() / 255
    linear = ((noisy + 0.055) / 1.055) ** 2.4
    assert float(linear.mean()) == pytest.approx(light, rel=0.01)
    assert float(linear.var()) == pytest.approx(0.05**2 * light + 0.01**2, rel=0.05)
    assert torch.equal(SensorNoise((0, 0), (0, 0))(picture(2)), picture(2))


def test_jpeg_is_worse_at_lower_quality() -> None:
    image = picture(3, 64, 64)
    loss = [float((JpegRoundTrip((q, q))(image).float() - image.float()).abs().mean()) for q in (10, 50, 95)]
    assert loss[0] > loss[1] > loss[2] > 0


def test_randaugment_moves_no_pixel_unless_asked() -> None:
    image = torch.zeros((3, 32, 32), dtype=torch.uint8)
    image[:, 10:20, 12:18] = 180
    moved = {False: 0, True: 0}
    for geometric in moved:
        transform = rand_augment(RandAugment(share=1, ops=1, magnitude=12, geometric=geometric))
        for seed in range(25):
            torch.manual_seed(seed)
            # A photometric operation maps equal pixels to equal pixels, blur-like sharpening at the edge aside.
            found = transform(image)[0]
            inner, outer = found[11:19, 13:17], found[:9]
            moved[geometric] += len(inner.unique()) > 1 or len(outer.unique()) > 1
    assert moved[False] == 0 and moved[True] > 3


def test_photographs_are_shrunk_and_kept_in_memory(tmp_path: Path) -> None:
    for number in range(3):
        write_png(tmp_path / f"{number}.png", np.full((50, 100, 3), number, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    pool = PhotoPool(tmp_path, 40)
    assert len(pool) == 3 and pool[2].shape == (3, 20, 40) and int(pool[2].max()) == 2
    (tmp_path / "2.png").unlink()
    assert pool[2].shape == (3, 20, 40)
