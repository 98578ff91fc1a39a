"""The shipped data that a wheel carries decoded."""

from pathlib import Path

import msgspec
import pytest

from stretch.storage.files import shipped
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_io import UnreadableFile
from stretch.storage.files.safe_yaml import read_yaml


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data folder of a wheel, without its YAML files, so that what is read was decoded before."""
    (tmp_path / shipped.DECODED).write_bytes(shipped.encode_all(data_root()))
    monkeypatch.setattr(shipped, "data_root", lambda: tmp_path)
    return tmp_path


def test_decoded_files_are_what_the_yaml_files_say(installed: Path) -> None:
    files = list(data_root().rglob("*.yaml"))
    assert len(files) > 150
    for file in files:
        assert shipped.read_shipped(installed / file.relative_to(data_root())) == read_yaml(file), file


def test_a_file_that_was_not_decoded_is_parsed(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "session.yaml"
    elsewhere.write_text("warm_up: none", encoding="utf-8")
    assert shipped.read_shipped(elsewhere) == {"warm_up": "none"}
    with pytest.raises(UnreadableFile):
        shipped.read_shipped(installed / "missing.yaml")


def test_the_same_files_give_the_same_bytes() -> None:
    first = shipped.encode_all(data_root())
    assert first == shipped.encode_all(data_root())
    assert next(iter(msgspec.msgpack.decode(first))) == "areas.yaml"
