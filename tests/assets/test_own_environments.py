"""Own scenes: the worked example of the docs works, and no code is run that nobody named."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest

from synthvis.assets import own_environments as scenes
from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.config.recipe import Recipe
from synthvis.errors import SynthvisError, UsageError
from synthvis.scene.sample import sample_scene

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "own_scene.md"
HEAD = "from synthvis.scene.environments.environment import Composition, environment\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


def recipe(**environments: float) -> Recipe:
    own = {"environments": environments} if environments else {"objects": {"kinds": {"apple": 1.0}}}
    return Recipe.model_validate({"name": "own", **own})


def written(folder: Path, text: str, name: str = "mine.py") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return f"{folder / name}:mine"


def test_the_example_of_the_docs_is_a_scene(tmp_path: Path) -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[0]
    (tmp_path / "hall_table.py").write_text(code)
    ready = resolve(recipe(), scenes=[f"{tmp_path}/hall_table.py:hall_table"])
    (name,) = ready.environments
    assert re.fullmatch(r"hall_table\.py:hall_table@[0-9a-f]{16}", name)
    assert str(tmp_path) not in ready.model_dump_json()
    assert {"cup", "vase", "clock"} <= set(catalogue_of(ready).kinds_in(ready))
    first, again, other = (sample_scene(ready, 5, number, catalogue=catalogue_of(ready)) for number in (1, 1, 2))
    assert first == again and first != other
    assert len(first.objects) >= 1 and first.environment == name
    # As a worker, which knows the digest alone.
    assert resolve(ready) == ready
    mixed = resolve(
        recipe(**{"hall_table.py:hall_table": 2.0, "desk": 1.0}), scenes=[f"{tmp_path}/hall_table.py:hall_table"]
    )
    assert mixed.environments == {name: 2.0, "desk": 1.0}


def test_a_recipe_alone_never_runs_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "open('ran', 'w')\n")
    for name in ("mine.py:mine", "mine.py:mine@" + "0" * 16):
        with pytest.raises(SynthvisError, match=r"mine\.py") as caught:
            resolve(recipe(**{name: 1.0}))
        assert "--scene" in str(caught.value)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("1 / 0\n", r"ZeroDivisionError.*line 1 of mine\.py", id="import fails"),
        pytest.param("def other(): pass\n", "no such function", id="absent"),
        pytest.param("def mine(composer): pass\n", "it is a function", id="bare function"),
        pytest.param(HEAD + "@environment(kinds=['cup'])\ndef mine(c):\n    return 1\n", "returns int", id="returns"),
        pytest.param(HEAD + "@environment(kinds=['cup'])\ndef mine(c):\n    return 1 / 0\n", "fails: Zero", id="fails"),
        pytest.param(HEAD + "@environment(kinds=['cupp'])\ndef mine(c):\n    return 1\n", "unknown kind", id="kind"),
        pytest.param(
            HEAD + "@environment(kinds=['cup'], light='x')\ndef mine(c):\n    return 1\n", "light", id="light"
        ),
    ],
)
def test_what_is_wrong_with_a_scene_is_said_before_anything_is_rendered(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        resolve(recipe(), scenes=[written(tmp_path, text)])


@pytest.mark.parametrize("scene", ["mine", "mine.py", "nowhere/mine.py:mine", "mine.txt:mine", "mine.py:a-b"])
def test_a_scene_that_is_none_is_a_usage_error(scene: str) -> None:
    with pytest.raises(UsageError, match="--scene"):
        resolve(recipe(), scenes=[scene])


def test_another_content_is_another_dataset(tmp_path: Path) -> None:
    body = "@environment(kinds=['cup'])\ndef mine(c):\n    return Composition(surroundings=None, placed=())\n"
    here = resolve(recipe(), scenes=[written(tmp_path / "a", HEAD + body)])
    same = resolve(recipe(), scenes=[written(tmp_path / "b", HEAD + body)])
    other = resolve(recipe(), scenes=[written(tmp_path / "b", HEAD + body + "# more\n")])
    assert here.content_hash() == same.content_hash() != other.content_hash()
    with pytest.raises(SynthvisError, match="has changed"):
        resolve(here, scenes=[f"{tmp_path}/b/mine.py:mine"])


def test_entry_points_are_places_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = importlib.metadata.EntryPoint("shelf_of_mine", "synthvis.scene.environments.desk:DESK", scenes.ENTRY_POINTS)
    monkeypatch.setattr(scenes.importlib.metadata, "entry_points", lambda group: [entry])
    ready = resolve(recipe(shelf_of_mine=1.0))
    (name,) = ready.environments
    assert re.fullmatch(r"shelf_of_mine@[0-9a-f]{16}", name)
    assert sample_scene(ready, 1, 1, catalogue=catalogue_of(ready)).environment == name and resolve(ready) == ready
