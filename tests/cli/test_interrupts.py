"""Ctrl-C and `kill`: the promised exit code, and a command that goes on when it is pasted."""

from __future__ import annotations

import os
import signal
import sys

import pytest

import synthvis.cli
from synthvis.cli import main
from synthvis.cli.train.command import command_again
from synthvis.errors import CheckpointError


@pytest.fixture(autouse=True)
def _handlers_put_back():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("swallowed", [False, True])
def test_an_interruption_is_not_taken_for_damage(monkeypatch, capsys, number, swallowed):
    def work(**_):
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt as error:
            if swallowed:
                raise CheckpointError("x.safetensors is damaged") from error
            raise

    monkeypatch.setattr(synthvis.cli.cli, "main", work)
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 130
    said = capsys.readouterr().err
    assert "interrupted" in said
    assert "damaged" not in said


def test_the_command_that_goes_on_names_the_data_and_starts_nothing_anew(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/bin/synthvis", "train", "--overwrite", "--out", "my [b] run"])
    assert command_again("data/a b", named=False) == "synthvis train --out 'my [b] run' --data 'data/a b'"
    assert command_again("data/a b", named=True) == "synthvis train --out 'my [b] run'"
