"""Load settings as the site does when it starts, and the sentences with which it refuses."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from tribune.config import SettingsMissing, load

ENOUGH = {"SECRET_KEY": "a key", "PUBLIC_URL": "https://letters.example.org"}


def loaded(folder: Path, settings: Mapping[str, object] = ENOUGH) -> dict[str, object]:
    app = Flask("tribune", instance_path=str(folder), instance_relative_config=True)
    load(app, dict(settings))
    return dict(app.config)


def complaints(folder: Path, settings: Mapping[str, object]) -> list[str]:
    with pytest.raises(SettingsMissing) as refused:
        loaded(folder, settings)
    return str(refused.value).splitlines()
