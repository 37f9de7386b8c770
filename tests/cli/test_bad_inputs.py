"""Every command with what users get wrong: one line that says what and where, the promised exit code, no traceback."""

from __future__ import annotations

import json
import pickle
import shlex
import shutil

import pytest
from fake_dataset import write_fake_dataset

from synthvis.cli import main


class _Harmful:
    def __reduce__(self):
        return (exec, ("import pathlib; pathlib.Path('harmed').touch()",))


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A folder with a sound dataset and everything that can be wrong with one."""
    root = tmp_path_factory.mktemp("bad")
    write_fake_dataset(root / "good")
    for name in ("corrupt", "dots", "notcoco", "empty", "noann", "noval"):
        shutil.copytree(root / "good", root / name)
    for image in (root / "corrupt/images").rglob("*.jpg"):
        image.write_bytes(b"no image")
    for path in (root / "dots/annotations").iterdir():
        content = json.loads(path.read_text())
        content["images"][0]["file_name"] = "../../../etc/passwd"
        path.write_text(json.dumps(content))
    for path in (root / "empty/annotations").iterdir():
        path.write_text(json.dumps({**json.loads(path.read_text()), "images": [], "annotations": []}))
    val = root / "noval/annotations/instances_val.json"
    val.write_text(json.dumps({**json.loads(val.read_text()), "images": [], "annotations": []}))
    for path in (root / "notcoco/annotations").iterdir():
        path.write_text("[1, 2]")
    shutil.rmtree(root / "noann/annotations")
    for name in ("emptydir", "foreign", "picklerun"):
        (root / name).mkdir()
    (root / "foreign/thesis.tex").write_text("mine")
    (root / "afile").write_text("mine")
    (root / "some.json").write_text("{}")
    (root / "picklerun/best.safetensors").write_bytes(pickle.dumps(_Harmful()))
    (root / "evil.pt").write_bytes(pickle.dumps(_Harmful()))
    (root / "typo.yaml").write_text("name: t\ncamera: {distence_m: [1, 2]}\nobjects: {kinds: {apple: 1}}\n")
    (root / "broken.yaml").write_text("name: [t\n")
    (root / "pipe.yaml").write_text("name: t\nrecipe: fruit\ntrain: {stepz: 2}\n")
    return root


CASES = [
    ("rendr", 2, "Did you mean 'render'?"),
    ("render --recipe fruti --dry-run", 2, "did you mean 'fruit'?"),
    ("render --recipe typo.yaml --dry-run", 2, "did you mean 'distance_m'?"),
    ("render --recipe broken.yaml --dry-run", 2, "broken.yaml:2"),
    ("render --recipe nofile.yaml --dry-run", 2, "no file nofile.yaml"),
    ("render --set camera.distence_m=[1,2] --dry-run", 2, "did you mean 'distance_m'?"),
    ("render --set =3 --dry-run", 2, "expected key=value"),
    ("render --n 0 --dry-run", 2, "count from 1"),
    ("render --n 99999999999999999999 --dry-run", 2, "go up to"),
    ("render --size big --dry-run", 2, "640x480"),
    ("render --timeout nan --dry-run", 2, "--timeout"),
    ("render --workers x --dry-run", 2, "--workers"),
    ("render --out afile --dry-run", 1, "afile is a file"),
    ("render --out afile/deep --dry-run", 1, "afile is a file"),
    ("render --out foreign --dry-run", 1, "thesis.tex"),
    ("render --out good --dry-run", 1, "holds a different dataset"),
    ("render --oot x", 2, "--out"),
    ("render --out '' --dry-run", 2, "the path is empty"),
    ("train --data good --out '' --dry-run", 2, "the path is empty"),
    ("check nowhere", 1, "no such folder"),
    ("check afile", 1, "it is a file"),
    ("check foreign", 1, "name the folder that `synthvis render` made"),
    ("check empty", 3, "problem"),
    ("check corrupt", 3, "--only 1 --only 2 --only 3"),
    ("check dots", 3, "problems"),
    ("check notcoco", 3, "problems"),
    ("preview nowhere", 1, "no such folder"),
    ("preview empty", 1, "no annotated image"),
    ("preview corrupt", 1, "`synthvis check`"),
    ("preview notcoco", 1, "not COCO"),
    ("preview good --views bxoes", 2, "did you mean boxes?"),
    ("preview good --image 99", 2, "no image 99"),
    ("preview good --film 1", 2, "it has no films"),
    ("preview good --film 1 --n 3", 2, "leave out"),
    ("preview good --film 1 --out x.png", 2, "ends with .mp4"),
    ("render --fps 5 --dry-run", 2, "--frames 30"),
    ("render --frames 0 --dry-run", 2, "--frames"),
    ("render --frames 20000 --dry-run", 2, "less than or equal to 10000"),
    ("render --frames 3 --fps nan --dry-run", 2, "fps"),
    ("preview good --out afile/x.png", 1, "afile is a file, not a folder"),
    ("explain nowhere 1", 1, "no such folder"),
    ("explain good 99", 2, "no image 99"),
    ("explain noann 1", 1, "is missing"),
    ("explain notcoco 1", 1, "not COCO"),
    ("train --data nowhere", 1, "no such folder or file"),
    ("train --data fruti", 1, "did you mean 'fruit'?"),
    ("train --data fruit", 1, "SYNTHVIS_REAL"),
    ("train --data empty", 1, "lists no image"),
    ("train --data dots", 1, "leads out of the image folder"),
    ("train --data some.json", 1, "not COCO"),
    ("train --data afile", 1, "not JSON"),
    ("train --data good --steps 0", 2, "--steps 0"),
    ("train --data good --stepz 1", 2, "--steps"),
    ("train --data good --out afile", 1, "afile is a file, not a folder"),
    ("train --data good --weights evil.pt --out r", 1, "evil.pt"),
    ("train --data good --init-from picklerun --out r", 1, "no safetensors file"),
    ("evaluate good", 2, "--eval-on"),
    ("evaluate nowhere --eval-on good", 1, "no weights at nowhere"),
    ("evaluate picklerun --eval-on good", 1, "no safetensors file"),
    ("evaluate picklerun --eval-on noval", 1, "it also has: train"),
    ("pipelines cp fruit 'my own' --dry-run", 0, "--recipe './my own'"),
    ("evaluate picklerun --eval-on fruti", 1, "did you mean 'fruit'?"),
    ("evaluate picklerun --eval-on good --split tset", 1, "no split 'tset'"),
    ("report nowhere", 2, "no run at nowhere"),
    ("report emptydir", 1, "`synthvis evaluate --help`"),
    ("run smok", 2, "did you mean 'smoke'?"),
    ("run typo.yaml", 2, "recipe: this key is needed"),
    ("run pipe.yaml --dry-run", 2, "did you mean 'steps'?"),
    ("run smoke --set out=afile --dry-run", 1, "--set out=FOLDER"),
    ("run smoke --set rendr.n=1", 2, "did you mean 'render'?"),
    ("pipelines lss", 2, "Did you mean 'ls'?"),
    ("pipelines show fruti", 2, "did you mean 'fruit'?"),
    ("pipelines cp fruit afile", 2, "--force"),
    ("pipelines cp fruit afile/x.yaml", 1, "a file where a folder is needed"),
    ("fetch cocoo", 2, "fetch coco"),
    ("fetch fruit", 1, "no public download"),
    ("fetch coco --server nonsense", 2, "--server"),
    ("fetch coco --real-root afile", 1, "choose another folder with --real-root"),
    ("bench rendr", 2, "Did you mean 'render'?"),
    ("bench render --recipe fruti --dry-run", 2, "did you mean 'fruit'?"),
    ("bench render --n 0", 2, "--n"),
    ("bench render --seed -1", 2, "--seed"),
    ("doctor --jsn", 2, "--json"),
]


@pytest.mark.parametrize(("line", "code", "said"), CASES, ids=[case[0] for case in CASES])
def test_bad_input_is_told_in_a_line_with_the_promised_code(bench, monkeypatch, capsys, line, code, said):
    monkeypatch.chdir(bench)
    monkeypatch.setenv("SYNTHVIS_REAL", str(bench / "nowhere"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(bench / "cache"))
    with pytest.raises(SystemExit) as stop:
        main(shlex.split(line))
    talk = capsys.readouterr().err
    assert stop.value.code == code, talk
    assert said in talk
    assert "Traceback" not in talk
    # One long line of the whole recipe is no message either.
    assert max(len(row) for row in talk.splitlines()) < 900
    assert not (bench / "harmed").exists()
    assert (bench / "afile").read_text() == (bench / "foreign/thesis.tex").read_text() == "mine"
