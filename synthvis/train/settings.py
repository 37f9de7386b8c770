"""From settings that were typed or written down to the config of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.devices import device_of

__all__ = ["GPU_DEFAULTS", "config_from"]

GPU_DEFAULTS = {"head_channels": 128, "head_convs": 4, "image_size": 512}
"""What a GPU can afford; the defaults of the config are for two CPU cores."""


def config_from(settings: Mapping[str, Any]) -> TrainConfig:
    """A config from the options that were typed, the device's defaults, then the config's own.

    Raises:
        UsageError: A value is out of its bounds.
    """
    typed = {key: value for key, value in settings.items() if value is not None}
    if device_of(typed.get("device", "auto")).type == "cuda":
        typed = {**GPU_DEFAULTS, **typed}
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
    return config
