"""Losses that are chosen by name: by hand, by numpy and by segmentation-models-pytorch."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from synthvis.data.maps.semantic import IGNORE
from synthvis.errors import UsageError
from synthvis.study.jobs import Data, Job
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.depth.loss import LOSSES as DEPTH_LOSSES
from synthvis.train.engine.regularisation import check_has_effect
from synthvis.train.registry import task_named
from synthvis.train.semantic.loss import LOSSES as CLASS_LOSSES

pytestmark = pytest.mark.train


def pixels(seed: int, classes: int = 4) -> tuple[torch.Tensor, list[dict[str, torch.Tensor]]]:
    """Scores and classes of two pictures of 7 x 9 pixels, a tenth of them unknown; every class occurs."""
    generator = torch.Generator().manual_seed(seed)
    truth = torch.randint(0, classes, (2, 7, 9), generator=generator)
    truth[torch.rand(truth.shape, generator=generator) < 0.1] = IGNORE
    assert set(truth.unique().tolist()) == {*range(classes), IGNORE}
    scores = 3 * torch.randn(2, classes, 7, 9, generator=generator)
    return scores, [{"classes": one.to(torch.uint8)} for one in truth]


@pytest.mark.parametrize("seed", range(3))
def test_dice_is_that_of_segmentation_models_pytorch_where_every_class_occurs(seed: int) -> None:
    smp = pytest.importorskip("segmentation_models_pytorch")
    scores, targets = pixels(seed)
    truth = torch.stack([target["classes"] for target in targets]).long()
    losses = CLASS_LOSSES["ce+dice"](scores, targets)
    expected = smp.losses.DiceLoss("multiclass", ignore_index=IGNORE)(scores, truth)
    assert float(losses["dice"]) == pytest.approx(float(expected), abs=1e-6)
    assert losses["cross_entropy"] == CLASS_LOSSES["ce"](scores, targets)["cross_entropy"]


def test_dice_by_hand() -> None:
    """Three known pixels, two of class 0 with 0.8 and 0.5 for it, one of class 1 with 0.4; class 2 is nowhere."""
    shares = torch.tensor([[0.8, 0.5, 0.5, 0.1], [0.1, 0.5, 0.4, 0.8], [0.1, 0.0, 0.1, 0.1]])
    scores = shares.clamp(min=1e-12).log()[None, :, None].requires_grad_()
    target = {"classes": torch.tensor([[0, 0, 1, IGNORE]], dtype=torch.uint8)}
    loss = CLASS_LOSSES["ce+dice"](scores, [target])["dice"]
    dice = [2 * (0.8 + 0.5) / ((0.8 + 0.5 + 0.5) + 2), 2 * 0.4 / ((0.1 + 0.5 + 0.4) + 1)]
    assert float(loss.detach()) == pytest.approx(1 - sum(dice) / 2, abs=1e-6)
    loss.backward()
    assert torch.isfinite(scores.grad).all() and float(scores.grad[..., 3].abs().sum()) == 0
    nothing = CLASS_LOSSES["ce+dice"](scores, [{"classes": target["classes"] * 0 + IGNORE}])
    assert [float(value.detach()) for value in nothing.values()] == [0, 0]


def test_a_perfect_answer_has_no_dice_to_lose_and_a_small_class_weighs_as_much_as_a_large_one() -> None:
    classes = torch.zeros(1, 10, 10, dtype=torch.uint8)
    classes[0, 0, 0] = 1
    right = 50 * torch.nn.functional.one_hot(classes.long(), 2).permute(0, 3, 1, 2).float()
    assert float(CLASS_LOSSES["ce+dice"](right, [{"classes": classes[0]}])["dice"]) == pytest.approx(0, abs=1e-6)
    all_zero = 50 * torch.tensor([1.0, 0.0])[None, :, None, None].expand(1, 2, 10, 10)
    # Dice of the large class is 2 * 99 / 199, that of the pixel that was missed 0.
    found = CLASS_LOSSES["ce+dice"](all_zero, [{"classes": classes[0]}])["dice"]
    assert float(found) == pytest.approx(1 - (198 / 199 + 0) / 2, abs=1e-6)


def depths(seed: int) -> tuple[torch.Tensor, list[dict[str, torch.Tensor]], np.ndarray, np.ndarray]:
    """Log depths, targets, and both as numpy arrays; the third of three pictures has no truth."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.5, 9, (3, 5, 6))
    truth[rng.random(truth.shape) < 0.3] = 0
    truth[2] = 0
    logs = rng.normal(1, 0.6, truth.shape)
    targets = [{"depth_m": torch.from_numpy(one).float()} for one in truth]
    return torch.from_numpy(logs).float()[:, None].requires_grad_(), targets, np.exp(logs), truth


def by_image(values: np.ndarray, truth: np.ndarray, of_image: Any = np.mean) -> float:
    return float(np.mean([of_image(one[known]) for one, known in zip(values, truth > 0, strict=True) if known.any()]))


def reference(name: str, found: np.ndarray, truth: np.ndarray) -> float:
    logs = np.log(found) - np.log(np.where(truth > 0, truth, 1))
    if name == "silog":
        return by_image(logs, truth, lambda e: 10 * math.sqrt((e**2).mean() - 0.85 * e.mean() ** 2))
    if name == "inverse-l1":
        return by_image(np.abs(1 / found - 1 / np.where(truth > 0, truth, 1)), truth)
    apart = np.abs(found - truth)
    limit = apart[truth > 0].max() / 5
    return by_image(np.where(apart <= limit, apart, (apart**2 + limit**2) / (2 * limit)), truth)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["silog", "berhu", "inverse-l1"])
def test_depth_losses_by_numpy(name: str, seed: int) -> None:
    logs, targets, found, truth = depths(seed)
    [loss] = DEPTH_LOSSES[name](logs, targets).values()
    assert float(loss.detach()) == pytest.approx(reference(name, found, truth), rel=1e-5)
    loss.backward()
    assert torch.isfinite(logs.grad).all()
    unknown = torch.stack([target["depth_m"] for target in targets]) == 0
    assert float(logs.grad[:, 0][unknown].abs().sum()) == 0 < float(logs.grad[:, 0][~unknown].abs().min())


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_term_by_loops(seed: int) -> None:
    logs, targets, found, truth = depths(seed)
    term = DEPTH_LOSSES["silog+l1+gradient"](logs, targets)["gradient"]
    wanted = 0.0
    for step, (down, right) in itertools.product((1, 2, 4, 8), ((0, 1), (1, 0))):
        means = []
        for d, t in zip(found[:, ::step, ::step], truth[:, ::step, ::step], strict=True):
            steps = [
                abs(math.log(d[i, j] / t[i, j]) - math.log(d[i + down, j + right] / t[i + down, j + right]))
                for i, j in itertools.product(range(t.shape[0] - down), range(t.shape[1] - right))
                if t[i, j] > 0 and t[i + down, j + right] > 0
            ]
            means += [np.mean(steps)] if steps else []
        wanted += float(np.mean(means)) if means else 0.0
    assert float(term.detach()) == pytest.approx(0.5 * wanted, rel=1e-5)


def test_an_error_that_is_the_same_everywhere_has_no_gradient_term() -> None:
    truth = [{"depth_m": torch.linspace(1, 6, 12).reshape(3, 4)}]
    losses = DEPTH_LOSSES["silog+l1+gradient"]((2 * truth[0]["depth_m"]).log()[None, None], truth)
    assert float(losses["gradient"]) == pytest.approx(0, abs=1e-6) and float(losses["log_l1"]) > 0.6


def test_berhu_by_hand() -> None:
    """Errors of 0.1, 0.5 and 2 m: c is 0.4, so 0.1, (0.25 + 0.16) / 0.8 and (4 + 0.16) / 0.8."""
    truth = torch.tensor([[1.0, 2.0, 3.0]])
    logs = torch.tensor([[1.1, 1.5, 5.0]]).log()[None]
    [loss] = DEPTH_LOSSES["berhu"](logs, [{"depth_m": truth}]).values()
    assert float(loss) == pytest.approx((0.1 + 0.41 / 0.8 + 4.16 / 0.8) / 3, rel=1e-5)


@pytest.mark.parametrize("name", DEPTH_LOSSES)
def test_a_right_depth_and_a_batch_without_any_have_finite_gradients(name: str) -> None:
    for depth_m in (torch.full((2, 4), 3.0), torch.zeros(2, 4)):
        logs = torch.full((1, 1, 2, 4), math.log(3), requires_grad=True)
        total = sum(DEPTH_LOSSES[name](logs, [{"depth_m": depth_m}]).values())
        total.backward()
        assert float(total.detach()) == pytest.approx(0, abs=2e-5) and torch.isfinite(logs.grad).all()


def test_a_scale_is_forgiven_by_silog_more_than_by_the_task_s_own_loss() -> None:
    truth = [{"depth_m": torch.linspace(1, 6, 12).reshape(3, 4)}]
    twice = (2 * truth[0]["depth_m"]).log()[None, None]
    [silog] = DEPTH_LOSSES["silog"](twice, truth).values()
    assert float(silog) == pytest.approx(10 * math.sqrt(0.15) * math.log(2), rel=1e-4)
    own = DEPTH_LOSSES["silog+l1"](twice, truth)
    assert float(own["log_l1"]) == pytest.approx(math.log(2), rel=1e-5)


@pytest.mark.parametrize(("task", "losses"), [("semantic", CLASS_LOSSES), ("depth", DEPTH_LOSSES)])
def test_a_network_takes_its_loss_by_name_and_its_own_by_default(task: str, losses: dict[str, Any]) -> None:
    classes = ("background", "cup") if task == "semantic" else ()
    target = {"classes": torch.ones(64, 64).byte()} if task == "semantic" else {"depth_m": torch.ones(64, 64)}
    images = torch.zeros(1, 3, 64, 64, dtype=torch.uint8)
    names = {}
    for name in ("auto", *losses):
        model = ModelConfig(input_size=64, head_channels=32, loss=name)
        network = task_named(task).build(model, classes, pretrained=False)
        check_has_effect(network, model)
        names[name] = set(network.train()(images.repeat(2, 1, 1, 1), [target] * 2))
    assert names["auto"] == names[next(iter(losses))]
    assert len({frozenset(one) for one in names.values()}) == len(losses)


def test_a_loss_that_is_not_there_is_refused() -> None:
    depth, normals = task_named("depth"), task_named("normals")
    with pytest.raises(UsageError, match="did you mean 'berhu'"):
        depth.build(ModelConfig(loss="berhuu"), (), pretrained=False)
    with pytest.raises(UsageError, match="normals has no loss 'silog'"):
        normals.build(ModelConfig(loss="silog"), (), pretrained=False)
    detector = task_named("detection").build(ModelConfig(input_size=64), ("cup",), pretrained=False)
    with pytest.raises(UsageError, match="part of it"):
        check_has_effect(detector, ModelConfig(loss="ce"))


def test_runs_of_a_study_from_before_losses_had_names_keep_their_keys() -> None:
    """The digest is that of a config without the setting."""
    data = Data(key="abc", real=1, synthetic=0, split=None)  # type: ignore[arg-type]

    def key(**model: Any) -> str:
        return Job(name="a", config=TrainConfig(model=ModelConfig(**model)), data=data).key

    assert key() == key(loss="auto") != key(loss="ce+dice")
