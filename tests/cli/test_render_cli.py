"""`synthvis render` and `synthvis bench render` at the shell: plans, refusals, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvis.cli import main


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_a_dry_run_tells_the_plan_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(["render", "--n", "10000", "--dry-run", "--json"], capsys)
    plan = json.loads(out)
    assert code == 0
    assert (plan["images_to_make"], plan["folder"], plan["seed"]) == (10000, "data/coco", 0)
    assert plan["estimated_minutes"] > 0
    assert plan["estimated_mb"] > 0
    assert len(plan["content_hash"]) == 64
    assert list(tmp_path.iterdir()) == []
    assert "images       10,000 to make" in run(["render", "--n", "10000", "--dry-run"], capsys)[1]


def test_size_and_seed_decide_content(capsys: pytest.CaptureFixture[str]) -> None:
    def content_hash(*extra: str) -> str:
        return str(json.loads(run(["render", "--dry-run", "--json", *extra], capsys)[1])["content_hash"])

    plain = content_hash()
    assert content_hash("--workers", "2", "--n", "7") == plain
    assert len({plain, content_hash("--size", "64x48"), content_hash("--seed", "1")}) == 3
    assert content_hash("--size", "64x48") == content_hash("--set", "image.width_px=64", "--set", "image.height_px=48")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--size", "640"], "640 is not a size"),
        (["--workers", "many"], "neither a number nor 'auto'"),
        (["--workers", "0"], "at least 1"),
        (["--n", "0"], "count from 1"),
        (["--n", "ten"], "not a valid integer"),
        (["--only", "0"], "count from 1"),
        (["--seed", "-1"], "is no seed"),
        (["--timeout", "0"], "--timeout must be above 0"),
        (["--recipe", "friut"], "fruit"),
        (["--set", "camera.distnace_m=[1,2]"], "distance_m"),
    ],
)
def test_senseless_requests_exit_2_with_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(["render", *arguments, "--dry-run"], capsys)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_a_foreign_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    code, _, err = run(["render", "--dry-run", "--out", str(tmp_path)], capsys)
    assert code == 1
    assert "not a synthvis dataset" in err
    assert "--out" in err


def test_bench_says_what_it_would_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["bench", "render", "--dry-run"], capsys)
    assert code == 0
    assert "20 images of tabletop" in out


def test_bench_measures_every_combination(capsys: pytest.CaptureFixture[str]) -> None:
    sweep = ["--size", "64x64", "--size", "96x64", "--samples", "2", "--samples", "4", "--labels", "nocs,boundary"]
    code, out, _ = run(["bench", "render", *sweep, "--dry-run", "--json"], capsys)
    assert code == 0
    found = [(case["size"], case["samples"], case["labels"]) for case in json.loads(out)["cases"]]
    assert found == [(size, samples, "nocs,boundary") for size in ("64x64", "96x64") for samples in (2, 4)]


def test_bench_knows_the_labels(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["bench", "render", "--labels", "noks", "--dry-run"], capsys)
    assert code == 2
    assert "did you mean 'nocs'?" in err


@pytest.mark.blender
@pytest.mark.slow
def test_bench_of_two_settings_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["--n", "3", "--workers", "1", "--size", "32x32", "--samples", "1", "--samples", "2", "--labels", "all"]
    code, out, _ = run(["bench", "render", *settings, "--json"], capsys)
    assert code == 0
    one, two = json.loads(out)["cases"]
    assert (one["samples"], two["samples"]) == (1, 2)
    assert one["images"] == two["images"] == 2
    assert one["samples_per_s"] == pytest.approx(one["images_per_s"] * 32 * 32)
