"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the sample data."""
    return ROOT / "data" / "raw" / "sample"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data, which is never part of the project."""
    folder = Path(os.environ.get("SCSR_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set SCSR_REAL_DATA")
    return folder
