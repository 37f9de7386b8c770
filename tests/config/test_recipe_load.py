"""Recipes and pipelines: what is refused, how it is said, and that a dump loads to the same recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from synthvis.assets.resolve import resolve
from synthvis.config.load import dump_recipe, list_shipped, load_recipe
from synthvis.config.pipeline import Pipeline, load_pipeline
from synthvis.config.recipe import Recipe
from synthvis.config.reference import keys_of
from synthvis.config.yaml_reader import parse_yaml, read_yaml
from synthvis.dataset.manifest import manifest_of
from synthvis.errors import RecipeError

SMALL = "name: small\nobjects: {kinds: {apple: 1}}\n"
RECIPES = [one.name for one in list_shipped() if one.what == "recipe"]
PIPELINES = [one.name for one in list_shipped() if one.what == "pipeline"]


def written(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from models(field.annotation)


@pytest.mark.parametrize("model", [*models(Recipe), *models(Pipeline)])
def test_every_field_says_what_it_is(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid" and model.model_config["frozen"]
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name}"
        for suffix, unit in (("_px", "pixels"), ("_mm", "millimetres"), ("_m", "metres"), ("_deg", "degrees")):
            assert not name.endswith(suffix) or unit in field.description, f"{model.__name__}.{name}: {unit}"
    # A share's bounds are its unit; the reference page shows them.
    shares = {key.path: key.values for key in keys_of(model) if key.path.endswith("share")}
    bounds = ("number, 0 to 1", "number, > 0, < 1", "[low, high], each 0 to 1")
    assert all(values in bounds for values in shares.values()), shares


def test_the_shipped_files_are_the_promised_ones() -> None:
    assert {"fruit", "cones", "tabletop"} <= set(RECIPES)
    assert {"smoke", "demo"} <= set(PIPELINES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_dumped_recipe_loads_to_the_same_recipe(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    again = load_recipe(written(tmp_path, dump_recipe(recipe)))
    assert again == recipe
    assert again.content_hash() == recipe.content_hash()


@pytest.mark.parametrize("name", PIPELINES)
def test_the_recipes_of_shipped_pipelines_resolve(name: str) -> None:
    pipeline = load_pipeline(name)
    assert pipeline == load_pipeline(f"pipelines/{name}.yaml")
    assert isinstance(pipeline.resolved_recipe(), Recipe)


def test_a_pipeline_may_hold_its_recipe(tmp_path: Path) -> None:
    text = "name: mine\nrecipe: {name: r, objects: {kinds: {cup: 1}}}\nset: ['camera.roll_deg=[0, 0]']\n"
    recipe = load_pipeline(written(tmp_path, text)).resolved_recipe()
    assert recipe.objects.kinds == {"cup": 1.0} and recipe.camera.roll_deg == (0.0, 0.0)


def test_overrides_are_yaml_and_change_the_hash(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    recipe = load_recipe(path, ["camera.distance_m=[0.4,1.2]", "render.denoise=true", "objects.kinds.cup=2"])
    assert recipe.camera.distance_m == (0.4, 1.2)
    assert recipe.render.denoise is True
    assert recipe.objects.kinds == {"apple": 1.0, "cup": 2.0}
    assert recipe.content_hash() != load_recipe(path).content_hash()


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("camera.distence_m=[1,2]", "did you mean 'distance_m'?"),
        ("camra.distance_m=[1,2]", "did you mean 'camera'?"),
        ("camera.distance_m", "expected key=value"),
        ("camera.distance_m=[2,1]", "lower bound"),
        ("camera.distance_m=[1", "--set camera.distance_m"),
        ("image.width_px.x=3", "image.width_px"),
        ("name.x=3", "holds no keys"),
        ("image.width_px=wide", "image.width_px"),
    ],
)
def test_a_wrong_override_says_why(tmp_path: Path, override: str, expected: str) -> None:
    with pytest.raises(RecipeError, match=r"(?s)\A.*\Z") as caught:
        load_recipe(written(tmp_path, SMALL), [override])
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: s\nobjetcs: {kinds: {apple: 1}}\n", "objetcs: unknown key; did you mean 'objects'?"),
        ("name: s\n", "objects: this key is needed"),
        ("name: s\nobjects: {kinds: {apple: 1}, cuont: [1, 2]}\n", "objects.cuont: unknown key; did you mean 'count'?"),
        ("name: s\nobjects: {kinds: {apple: 1}, count: [5, 2]}\n", "objects.count: the lower bound 5"),
        ("name: s\nobjects: {kinds: {apple: -1}}\n", "objects.kinds.apple"),
        ("name: s\nobjects: {kinds: {apple: 0}}\n", "at least one weight must be above 0"),
        ("name: s\nobjects: {kinds: {}}\n", "at least one weight must be above 0"),
        ("name: s\nobjects: {kinds: {apple: 1}}\nimage: {width_px: 320.5}\n", "image.width_px"),
        ("name: s\nobjects: {kinds: {apple: 1}}\nimage: {width_px: '320'}\n", "image.width_px"),
        ("name: s\nobjects: {kinds: {apple: 1}}\nimage: {width_px: 9000000}\n", "image.width_px"),
        ("name: s\nobjects: {kinds: {apple: 1}}\ncamera: {focal_mm: [-1, 5]}\n", "camera.focal_mm"),
        ("name: s\nobjects: {kinds: {apple: 1}}\ncamera: {focal_mm: [1, .inf]}\n", "mine.yaml"),
        ("name: ../../etc\nobjects: {kinds: {apple: 1}}\n", "name"),
        ("name: s\nname: t\n", "mine.yaml:2: key 'name' stands twice"),
        ("[1, 2]\n", "expected keys and values, found list"),
        ("just words\n", "expected keys and values, found str"),
        ("", "expected keys and values"),
        ("name: [1\n", "mine.yaml:"),
        ("name: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("{[1, 2]: 3}\n", "a key must be a word"),
        ("? {a: 1}\n: 3\n", "a key must be a word"),
        ("[" * 5000, "mine.yaml"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(written(tmp_path, text))
    assert "mine.yaml" in str(caught.value)
    assert expected in str(caught.value)


def test_labels_on_request_are_known_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    for typed, expected in (
        ("[noc]", "no label 'noc'; did you mean 'nocs'?"),
        ("[nocs, occlusion]", "did you mean 'occlusion_order'?"),
        ("[xyzzy]", "choose from nocs, box3d, occlusion_order, boundary, flow, flow_backward, scene_flow"),
        ("nocs", "labels.extra"),
        ("[3]", "labels.extra"),
    ):
        with pytest.raises(RecipeError) as caught:
            resolve(load_recipe(path, [f"labels.extra={typed}"]))
        assert expected in str(caught.value)


def test_labels_on_request_are_content_and_their_absence_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    plain = load_recipe(path)
    asked = [
        resolve(load_recipe(path, [f"labels.extra={value}"])) for value in ("[box3d, nocs]", "[nocs, box3d, nocs]")
    ]
    assert asked[0].labels.extra == ("nocs", "box3d")
    assert asked[0] == asked[1]
    hashes = {recipe.content_hash() for recipe in (plain, *asked, load_recipe(path, ["labels.extra=[nocs]"]))}
    assert len(hashes) == 3
    # A dataset made before there were such labels can still be resumed.
    assert "labels" not in plain.model_dump(mode="json")
    assert plain.content_hash() == load_recipe(path, ["labels.extra=[]"]).content_hash()
    assert load_recipe(written(tmp_path, dump_recipe(asked[0]))) == asked[0]
    assert "labels:\n  extra: []" in dump_recipe(plain)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = "name: s\nobjects: {kinds: {apple: 1}, cuont: [1, 2]}\nimage: {width_px: 1}\ncamera: {roll: 3}\n"
    with pytest.raises(RecipeError) as caught:
        load_recipe(written(tmp_path, text))
    for key in ("objects.cuont", "image.width_px", "camera.roll"):
        assert key in str(caught.value)


@pytest.mark.parametrize(("copies", "levels"), [(9, 10), (2, 24)])
def test_an_alias_bomb_does_not_go_off(tmp_path: Path, copies: int, levels: int) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * copies)}]" for n in range(1, levels)]
    with pytest.raises(RecipeError, match="aliases are written out"):
        load_recipe(written(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("text", ["&a [*a]", "!!binary aGVsbG8=", "!!set {x}", "!!timestamp 2026-01-02"])
def test_values_that_json_cannot_hold_are_refused(tmp_path: Path, text: str) -> None:
    for overrides in ((), ("name=x",)):
        with pytest.raises(RecipeError, match="mine"):
            load_recipe(written(tmp_path, f"a: {text}\n"), overrides)


def test_an_alias_may_be_used(tmp_path: Path) -> None:
    text = "name: s\nobjects: {kinds: {apple: 1}}\ncamera: {focal_mm: &r [30, 50], f_number: *r}\n"
    assert load_recipe(written(tmp_path, text)).camera.f_number == (30.0, 50.0)


def test_files_that_are_no_recipes(tmp_path: Path) -> None:
    huge, binary = tmp_path / "huge.yaml", tmp_path / "binary.yaml"
    huge.write_bytes(b"# " + b"x" * 2_000_000)
    binary.write_bytes(b"\x80\x04\x95\xff\xfe\x00")
    for path, expected in ((huge, "2,000,002 bytes"), (binary, "not a text file"), (tmp_path, "no file")):
        with pytest.raises(RecipeError, match=expected):
            load_recipe(str(path))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fuit", "did you mean 'fruit'"),
        ("zzzz", "choose from bin, chaos, coco, cones"),
        ("no/such.yaml", "no file no/such.yaml"),
    ],
)
def test_an_unknown_recipe_is_answered_with_what_there_is(name: str, expected: str) -> None:
    with pytest.raises(RecipeError, match=expected):
        load_recipe(name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("012", 12),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        (".5", 0.5),
        ("~", None),
        ("0.", 0.0),
        ("2026-01-02", "2026-01-02"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    found = parse_yaml(f"x: {text}", where="here")["x"]
    assert found == value and type(found) is type(value)


def test_shipped_headers_state_the_command() -> None:
    for one in list_shipped():
        first = one.path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# synthvis "), one.name
        assert read_yaml(one.path)["name"] == one.name


def test_a_dataset_stands_for_its_recipe(tmp_path):
    recipe = load_recipe("fruit", ["camera.roll_deg=[-1,1.5]", "render.samples=1"])
    manifest = manifest_of(recipe.model_dump(mode="json"), 3, (), {})
    (tmp_path / "dataset.json").write_text(json.dumps(manifest.to_dict()))
    assert load_recipe(str(tmp_path / "dataset.json")) == recipe


OPTICS = "name: s\nimage: {width_px: 320, height_px: 240}\nobjects: {kinds: {apple: 1}}\n"
CALIBRATED = "{width_px: 640, height_px: 480, fx: 600, fy: [590, 610], cx: 322.5, cy: 239}"


def test_intrinsics_and_distortion_take_numbers_and_ranges(tmp_path: Path) -> None:
    text = f"{OPTICS}camera: {{intrinsics: {CALIBRATED}, distortion: {{k1: [-0.2, 0.1], p2: 0.001}}}}\n"
    recipe = load_recipe(written(tmp_path, text))
    assert recipe.camera.intrinsics is not None
    assert recipe.camera.intrinsics.scaled((240, 320)) == ((300, 300), (295, 305), (161.25, 161.25), (119.5, 119.5))
    assert recipe.camera.distortion.ranges == ((-0.2, 0.1), (0, 0), (0, 0), (0.001, 0.001), (0, 0))
    assert load_recipe(written(tmp_path, dump_recipe(recipe))) == recipe
    assert load_recipe(written(tmp_path, text), ["camera.intrinsics.fx=500"]).camera.intrinsics.fx == (500, 500)


@pytest.mark.parametrize(
    ("camera", "said"),
    [
        ("{intrinsics: {width_px: 640, height_px: 480, fx: 0}}", "camera.intrinsics.fx"),
        ("{intrinsics: {width_px: 640, height_px: 640, fx: 600}}", "another shape"),
        ("{intrinsics: {width_px: 640, height_px: 480, fx: 600, cx: 700}}", "outside the picture"),
        ("{intrinsics: {width_px: 640, height_px: 480, fx: true}}", "camera.intrinsics.fx"),
        ("{intrinsics: {fx: 600}}", "this key is needed"),
        ("{distortion: {k1: [0.1, -0.1]}}", "above the upper bound"),
        ("{distortion: {k4: 0.1}}", "unknown key"),
        ("{distortion: {k1: -0.6}}", "folds the picture over"),
        # Each end of each range alone is sound, and one corner is not.
        ("{distortion: {k1: [-0.25, 0.3], k2: [-0.3, 0.3]}, focal_mm: [30, 40]}", "folds the picture over"),
    ],
)
def test_optics_that_make_no_sense(camera: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=said):
        load_recipe(written(tmp_path, f"{OPTICS}camera: {camera}\n"))


def test_distortion_that_distorts_nothing_is_no_other_recipe(tmp_path: Path) -> None:
    plain = load_recipe(written(tmp_path, OPTICS))
    nothing = load_recipe(written(tmp_path, OPTICS), ["camera.distortion={k1: 0, k2: [0, 0]}"])
    assert nothing.content_hash() == plain.content_hash()
    distorted = load_recipe(written(tmp_path, OPTICS), ["camera.distortion.k1=-0.1"])
    assert distorted.model_dump(mode="json")["camera"]["distortion"]["k1"] == [-0.1, -0.1]
    assert distorted.content_hash() != plain.content_hash()
