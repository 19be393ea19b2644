"""Files of TOML that are kept as they were read."""

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from dimderiv.language.tables import read_table


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file, beside which things may be kept."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    file = tmp_path / "rules.toml"
    file.write_text('[sin]\nkind = "elementwise"\n', encoding="utf-8")
    return file


def kept(table: Path) -> Path:
    """Where what was read is kept."""
    return Path(cache_from_source(f"{table}.py"))


def test_what_is_kept_is_what_was_read(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is parsed."""
    first = read_table(str(table))
    monkeypatch.setitem(sys.modules, "tomllib", None)

    assert {"sin": {"kind": "elementwise"}} == first == read_table(str(table))


def test_a_file_that_changed_is_read_anew(table: Path) -> None:
    """Also where only the time tells, or only the size."""
    read_table(str(table))
    before = table.stat()
    table.write_text('[cos]\nkind = "elementwise"\n', encoding="utf-8")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns + 1))

    assert {"cos"} == read_table(str(table)).keys()

    table.write_text('[cosh]\nkind = "elementwise"\n', encoding="utf-8")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns + 1))

    assert {"cosh"} == read_table(str(table)).keys()


@pytest.mark.parametrize("data", [b"", b"\0", b"i\x01\0\0\0"])
def test_what_is_no_table_is_passed_over(table: Path, data: bytes) -> None:
    """A file that was not finished, or is something else."""
    read_table(str(table))
    kept(table).write_bytes(data)

    assert {"sin"} == read_table(str(table)).keys()


def test_nothing_is_written_where_python_writes_nothing(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option that keeps Python from writing what it compiled holds here too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert {"sin"} == read_table(str(table)).keys()
    assert not kept(table).exists()


def test_where_nothing_can_be_written_it_is_read(table: Path) -> None:
    """A file stands where the folder would be."""
    kept(table).parent.write_text("", encoding="utf-8")

    assert {"sin"} == read_table(str(table)).keys()
