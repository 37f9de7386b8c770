from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from synthvis.api import machine
from synthvis.api.machine import Finding
from synthvis.cli.doctor import command
from synthvis.ui.console import data_console


def probe_that_says(status: int, output: str) -> Callable[[str], tuple[int, str]]:
    return lambda code: (status, output)


def test_missing_system_library_names_its_debian_package(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "ImportError: libXi.so.6: cannot open shared object file: No such file or directory"
    monkeypatch.setattr(machine, "_probe", probe_that_says(1, said))
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: object())
    (finding,) = machine._bpy()
    assert finding.state == "missing"
    assert finding.fix.startswith("sudo apt-get install -y libxi6 ")


def test_numpy_2_beside_bpy_4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_version", {"numpy": "2.3.0", "bpy": "4.5.15"}.get)
    (finding,) = machine._numpy()
    assert (finding.state, finding.fix) == ("missing", "pip install 'numpy<2'")


def test_two_cv2_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_version", {"opencv-python": "4.11", "opencv-python-headless": "5.0"}.get)
    (finding,) = machine._opencv()
    assert finding.state == "missing"
    assert "pip uninstall -y opencv-python opencv-python-headless" in finding.fix


def test_torch_pair_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Traceback ...\nRuntimeError: operator torchvision::nms does not exist"
    monkeypatch.setattr(machine, "_probe", probe_that_says(1, said))
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: object())
    (finding,) = machine._torch()
    assert finding.state == "missing"
    assert finding.detail == "RuntimeError: operator torchvision::nms does not exist"


def test_python_3_12_trains_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "version_info", (3, 12, 1))
    (finding,) = machine._python()
    assert finding.state == "missing"
    assert "not render" in finding.detail


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("optional", 0), ("missing", 1)])
def test_exit_code_and_json(monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    monkeypatch.setattr(machine, "CHECKS", (lambda: [Finding("thing", state, "detail", "fix it")],))
    result = CliRunner().invoke(command, ["--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["findings"] == [
        {"name": "thing", "state": state, "detail": "detail", "fix": "fix it"}
    ]


def test_a_line_has_its_sign_its_name_and_its_fix_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [Finding("thing", "missing", "none [of 3]", "buy one"), Finding("other", "ok", "1.2")]
    monkeypatch.setattr(machine, "CHECKS", tuple((lambda one=one: [one]) for one in findings))
    data_console.cache_clear()
    assert CliRunner().invoke(command).output.splitlines() == [
        "✗ thing  none [of 3]",
        "         -> buy one",
        "✓ other  1.2",
        "1 problem; the line below it says how to fix it",
    ]
    data_console.cache_clear()


def test_report_is_a_markdown_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CHECKS", (lambda: [Finding("thing", "ok", "1.2")],))
    assert "| thing | ok | 1.2 |" in CliRunner().invoke(command, ["--report"]).stdout
