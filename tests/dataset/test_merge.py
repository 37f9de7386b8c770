"""Parts made apart are one dataset, to the byte; parts that do not belong together are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.checks.gate import check_dataset
from synthvis.cli import main
from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.merge import merge_parts
from synthvis.dataset.part import Part, images_of_shard, part_facts, read_part
from synthvis.errors import DatasetError
from synthvis.scene.groups import Grouping, group_of, groups_in

NOT_CONTENT = {"run.json", ".render.lock"}


def content(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name not in NOT_CONTENT)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def part_of(whole: Path, root: Path, *stems: str) -> Path:
    """A copy of a dataset with some images only, and with the annotations of nobody."""
    shutil.copytree(whole, root)
    for path in [path for path in root.rglob("0*.*") if path.stem not in stems]:
        path.unlink()
    shutil.rmtree(root / "annotations")
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("whole") / "fruit")


@pytest.fixture
def parts(whole: Path, tmp_path: Path) -> list[Path]:
    return [part_of(whole, tmp_path / "one", "000001", "000003"), part_of(whole, tmp_path / "two", "000002")]


def test_parts_merge_to_the_bytes_of_the_whole(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    summary = merge_parts(parts, tmp_path / "merged", on_image=lambda done, total: told.append((done, total)))
    assert (summary.added, summary.already_there, summary.missing) == (3, 0, ())
    assert summary.by_split == {"train": 2, "val": 1}
    assert content(tmp_path / "merged") == content(whole)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert check_dataset(tmp_path / "merged").ok


def test_the_order_of_the_parts_makes_no_difference_and_a_second_merge_adds_nothing(
    whole: Path, parts: list[Path], tmp_path: Path
) -> None:
    merge_parts(parts[::-1], tmp_path / "merged")
    again = merge_parts(parts, tmp_path / "merged")
    assert (again.added, again.already_there) == (0, 3)
    assert content(tmp_path / "merged") == content(whole)


def test_a_merge_that_was_stopped_half_way_goes_on(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        merge_parts(parts, tmp_path / "merged", on_image=stop)
    # An image whose files came over and whose record did not, as after a kill.
    (tmp_path / "merged/records/train/000001.json").unlink()
    (tmp_path / "merged/images/train/.000001.jpg.merge.tmp").write_bytes(b"half")
    merge_parts(parts, tmp_path / "merged")
    assert content(tmp_path / "merged") == content(whole)


def test_a_gap_is_reported(parts: list[Path], tmp_path: Path) -> None:
    assert merge_parts(parts[:1], tmp_path / "merged").missing == (2,)


def ask(part: Path, n: int, shard: int, count: int) -> None:
    """What a render of that shard writes of its question."""
    command = ["synthvis", "render", "--n", str(n), "--out", part.name, "--shard", f"{shard}/{count}"]
    asked = {"n": n, "shard": [shard, count], "group_size": 20, "command": command}
    (part / "run.json").write_text(json.dumps({"asked": asked}))


def test_images_missing_at_the_end_are_named_with_their_shard_and_its_command(
    parts: list[Path], tmp_path: Path
) -> None:
    """Of six images in three shards the first part lacks image 4, has 3 by mistake, and the last two have no part."""
    ask(parts[0], 6, 1, 3)
    summary = merge_parts(parts[:1], tmp_path / "merged")
    assert (summary.expected, summary.missing) == (6, (2, 4, 5, 6))
    assert summary.shards == {"1/3": 1, "2/3": 2, "3/3": 1}
    assert summary.commands == (
        "synthvis render --n 6 --out one --shard 1/3",
        "synthvis render --n 6 --out one-shard-2 --shard 2/3",
        "synthvis render --n 6 --out one-shard-3 --shard 3/3",
    )
    # The whole knows it too, although it is no part itself.
    assert merge_parts(parts, tmp_path / "merged").missing == (4, 5, 6)


def test_an_incomplete_merge_fails_with_3_unless_it_is_wanted(
    parts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(parts[0], 4, 1, 2)
    words = ["merge", *map(str, parts), "--out", str(tmp_path / "merged")]
    for more, code in (([], 3), (["--partial"], 0)):
        with pytest.raises(SystemExit) as end:
            main([*words, *more])
        assert end.value.code == code
    said = capsys.readouterr().err
    assert "1 image of 4 missing: 4 (shard 2/2 lacks 1)" in said
    assert "synthvis render --n 4 --out one-shard-2 --shard 2/2" in said


def test_a_complete_merge_says_so(parts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(parts[0], 3, 1, 2)
    with pytest.raises(SystemExit) as end:
        main(["merge", *map(str, parts), "--out", str(tmp_path / "merged")])
    assert end.value.code == 0
    assert "it is complete: images 1 to 3" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"asked": {"n": 1e400}}', '{"asked": {"n": 3, "shard": [5, 2]}}'])
def test_a_damaged_question_is_no_question(parts: list[Path], tmp_path: Path, damage: str) -> None:
    (parts[0] / "run.json").write_text(damage)
    assert merge_parts(parts, tmp_path / "merged").missing == ()


@pytest.mark.parametrize("n", [1, 3, 8, 19, 20, 39, 100, 201, 405])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
def test_shards_are_disjoint_cover_all_and_are_empty_only_of_fewer_images_than_shards(n: int, count: int) -> None:
    shards = [images_of_shard(n, (index, count), grouping=Grouping(20), seed=3) for index in range(1, count + 1)]
    assert sorted(image for shard in shards for image in shard) == list(range(1, n + 1))
    assert [not shard for shard in shards] == [index > n for index in range(1, count + 1)]
    worlds = [{group_of(image, Grouping(20), 3) for image in shard} for shard in shards]
    everyone = {group_of(image, Grouping(20), 3) for image in range(1, n + 1)}
    assert len(everyone) == groups_in(n, Grouping(20))
    if len(everyone) >= count:
        assert sum(map(len, worlds)) == len(everyone), "a world was given to two shards although there are enough"


def test_a_change_in_a_part_does_not_reach_the_whole(parts: list[Path], tmp_path: Path) -> None:
    """Files may be links, so a part is replaced, never written into; a rewrite of it leaves the whole as it was."""
    merge_parts(parts, tmp_path / "merged")
    before = content(tmp_path / "merged")
    shutil.rmtree(parts[0])
    assert content(tmp_path / "merged") == before


def test_parts_of_another_recipe_are_refused_and_nothing_is_written(parts: list[Path], tmp_path: Path) -> None:
    manifest = json.loads((parts[1] / "dataset.json").read_text())
    (parts[1] / "dataset.json").write_text(json.dumps({**manifest, "content_hash": "0" * 64}))
    with pytest.raises(DatasetError, match="different recipes"):
        merge_parts(parts, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_two_parts_that_disagree_about_an_image_are_refused(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    other = part_of(whole, tmp_path / "other", "000001")
    record = other / "records/train/000001.json"
    record.write_bytes(record.read_bytes() + b" ")
    with pytest.raises(DatasetError, match="image 1 of"):
        merge_parts([*parts, other], tmp_path / "merged")


def test_a_part_as_its_own_target_and_a_folder_that_is_no_dataset_are_refused(
    parts: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="is one of the parts"):
        merge_parts(parts, parts[0])
    (tmp_path / "notes").mkdir()
    with pytest.raises(DatasetError, match="no dataset"):
        merge_parts([*parts, tmp_path / "notes"], tmp_path / "merged")
    (tmp_path / "notes/thesis.txt").write_text("mine")
    with pytest.raises(DatasetError, match="is not empty"):
        merge_parts(parts, tmp_path / "notes")
    assert (tmp_path / "notes/thesis.txt").read_text() == "mine"


def test_shards_take_whole_films_and_run_json_says_so(tmp_path: Path) -> None:
    films = Grouping(5, film=True)
    shards = [images_of_shard(30, (index, 3), films, seed=1) for index in (1, 2, 3)]
    assert shards[0] == [*range(1, 6), *range(16, 21)]
    assert sorted(image for shard in shards for image in shard) == list(range(1, 31))
    layout = DatasetLayout(tmp_path)
    part = Part(n=30, index=2, count=3, grouping=films)
    (tmp_path / "run.json").write_text(json.dumps({"asked": part_facts(part)}))
    assert read_part(layout) == part
