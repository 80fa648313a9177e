from __future__ import annotations

from pathlib import Path

import pytest

import scsr
from scsr.corpus import store
from scsr.errors import ScsrError


def test_it_names_versions_tables_and_what_kind_of_data(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCSR_DATA", str(tiny))
    made = scsr.provenance("utterances", "shares")
    said = dict(made.frame.itertuples(index=False, name=None))
    digest = store.manifest(tiny).tables["utterances"]["sha256"]
    assert said["table utterances"] == f"40 rows, {digest[:16]}"
    assert said["table shares"].startswith("0 rows")
    assert said["scsr"] == scsr.__version__
    assert said["data"] == "synthetic"
    assert {"pandas", "gensim", "statsmodels", "Python", "source of scsr"} <= set(said)
    assert scsr.provenance("utterances", "shares").frame.equals(made.frame)


def test_without_data_it_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCSR_DATA", str(tmp_path))
    with pytest.raises(ScsrError, match="run `scsr prepare`"):
        scsr.provenance("utterances")
