"""From settings that were typed or written down to the config of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.train.arch import check_choices
from synthvis.train.backbones.names import require_known
from synthvis.train.config import GPU_DEFAULTS, DeviceName, ModelConfig, TrainConfig
from synthvis.train.registry import description_of, owners_of_settings, tasks

__all__ = ["Settings", "checked_config", "config_from", "option_words", "setting_help"]

Settings = Mapping[str, object]
"""Settings of a training as typed or written, by the names of the config's fields; None leaves one to its default."""


def checked_config(settings: Settings) -> TrainConfig:
    """The config that the options mean on a CPU; loads no torch, so that a slip is refused at once.

    Raises:
        UsageError: A value is out of its bounds, or the task has no such architecture, loss or backbone.
    """
    config = _config_from(settings)
    task = description_of(config.task)
    check_choices(config, task)
    task.check_config(config)
    require_known(config.model.backbone)
    return config


def config_from(settings: Settings) -> TrainConfig:
    """A config from the options that were typed, the device's defaults, then the config's own.

    Raises:
        UsageError: A value is out of its bounds, or there is no such device.
    """
    from synthvis.train.engine.devices import device_of

    on_gpu = device_of(cast("DeviceName", settings.get("device") or "auto")).type == "cuda"
    return _config_from({**GPU_DEFAULTS, **_typed(settings)} if on_gpu else settings)


def option_words(settings: Settings, config: TrainConfig) -> list[str]:
    """Options of `synthvis train` that mean the same on any device: those given, and what a GPU changed by itself.

    Args:
        settings: As given.
        config: What came of them.
    """
    by_device = {name: getattr(config.model, name) for name in GPU_DEFAULTS}
    usual = {name: ModelConfig.model_fields[name].default for name in GPU_DEFAULTS}
    changed = {name: value for name, value in by_device.items() if value != usual[name]}
    given = {**changed, **_typed(settings)}
    given |= {name: by_device[name] for name in GPU_DEFAULTS if name in given}
    return [word for name, value in given.items() for word in _words(name, value)]


def _words(name: str, value: object) -> list[str]:
    option = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        # Untrained weights are asked for by --weights.
        return [option] if value and name != "pretrained" else []
    if isinstance(value, tuple | list):
        return [option, ",".join(map(str, value))]
    return [option, str(value)]


def _typed(settings: Settings) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if value is not None}


def _config_from(settings: Settings) -> TrainConfig:
    typed = _typed(settings)
    model = {key: typed.pop(key) for key in ModelConfig.model_fields if key in typed}
    try:
        config = TrainConfig(model=ModelConfig(**model), **typed)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            known = [*TrainConfig.model_fields, *ModelConfig.model_fields]
            raise UsageError(f"train.{first['loc'][-1]}: unknown key{nearest(str(first['loc'][-1]), known)}") from error
        if not first["loc"]:
            raise UsageError(first["msg"].removeprefix("Value error, ")) from error
        option = "--" + str(first["loc"][-1]).replace("_", "-")
        raise UsageError(f"{option} {str(first['input'])[:80]}: {first['msg'].lower()}") from error
    config.require_end_of_warmup()
    _require_own_settings(config)
    return config


def _require_own_settings(config: TrainConfig) -> None:
    """Settings that belong to some tasks are refused for others."""
    fields = TrainConfig.model_fields
    for settings, owners in owners_of_settings().items():
        changed = [name for name in settings if name in fields and getattr(config, name) != fields[name].default]
        if changed and config.task not in owners:
            be = "are" if len(settings) > 1 else "is"
            raise UsageError(
                f"{' and '.join(settings)} {be} for the task {' or '.join(owners)}; {config.task} learns other labels"
            )


def setting_help(name: str) -> str:
    """What a setting means, and its default, which depends on the device for some."""
    field = {**ModelConfig.model_fields, **TrainConfig.model_fields}[name]
    about = str(field.description)
    if field.default is None:
        return about
    if name == "task":
        about = f"{about} One of {', '.join(f'{one.name} ({one.title})' for one in tasks().values())}."
    shown = ",".join(map(str, field.default)) if isinstance(field.default, tuple) else str(field.default).lower()
    on_gpu = f"; {GPU_DEFAULTS[name]} on CUDA" if name in GPU_DEFAULTS else ""
    return f"{about}  [default: {shown}{on_gpu}]"
