"""What Arrow finds sound, pandera does; what pandera refuses, Arrow does not find sound."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.corpus.store.checks import in_contract, keep_contract, sound
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.parts import write_part
from scsr.errors import TableError
from scsr.schema import TABLES, validate
from scsr.schema.tables import Column

INSTANTS = (0, 86_400_000_000, 1_347_000_000_000_000)


def values_of(column: Column) -> st.SearchStrategy[object]:
    """Values that the contract allows, and with them some that it does not."""
    at_bounds = [v for bound in (column.minimum, column.maximum) if bound is not None for v in (bound - 1, bound)]
    good: dict[str, list[object]] = {
        "str": ["a", "b", "ö"],
        "category": [*(column.allowed or ("x", "y"))[:2], *(["strange"] if column.allowed else [])],
        "timestamp": list(INSTANTS),
        "float": [0.0, 0.5, 1.0, float("nan"), float("inf"), *at_bounds],
        "int": [0, 1, 3, *(int(v) for v in at_bounds)],
        "bool": [True, False],
        "list": [[], ["a", "b"], ["a", None]],
    }
    return st.sampled_from([*good[column.kind], None])


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, pa.Table]:
    """A table most of whose rows are sound, so that each breach is seen alone."""
    name = draw(st.sampled_from([name for name in TABLES if name != "cases"]))
    n = draw(st.integers(0, 4))
    columns = {}
    odd = draw(st.sets(st.sampled_from(TABLES[name].names), max_size=2))
    for column, field in zip(TABLES[name].columns, TABLES[name].arrow(), strict=True):
        kind = pa.string() if pa.types.is_dictionary(field.type) else field.type
        usual = {
            "str": [f"{column.name}{i}" for i in range(n)],
            "category": [(column.allowed or ("x",))[0]] * n,
            "timestamp": [INSTANTS[-1] if column.name in ("period_end", "observed_until") else 0] * n,
            "float": [1.0] * n,
            "int": [2] * n,
            "bool": [True] * n,
            "list": [["a"]] * n,
        }[column.kind]
        held = draw(st.lists(values_of(column), min_size=n, max_size=n)) if column.name in odd else usual
        if not (column.name in odd and draw(st.booleans()) and draw(st.booleans())):  # else it is missing
            columns[column.name] = pa.array(held, type=kind)
    return name, pa.table(columns) if columns else pa.table({"source": pa.array(["a"] * n)})


def breach(check: Callable[..., object], *arguments: object) -> str | None:
    try:
        check(*arguments)
    except TableError as error:
        return str(error)
    return None


@settings(max_examples=60, deadline=None)
@given(tables())
def test_arrow_and_pandera_agree(drawn: tuple[str, pa.Table]) -> None:
    name, rows = drawn
    made = in_contract(rows, name)
    expected, said = (breach(validate, made.to_pandas(), name), breach(keep_contract, made, name))
    assert said == expected
    if expected is not None:
        assert not sound(made, TABLES[name])
    # a float that is no number counts as missing, which is left to pandas to say
    elif not any(str(value) == "nan" for column in made.columns for value in column.to_pylist()):
        assert sound(made, TABLES[name])


def test_several_chunks_and_a_slice_are_one_table() -> None:
    columns = {"source": ["a", "b"], "file": ["f"] * 2, "locator": ["1", "2"], "reason": ["r", "s"], "detail": [""] * 2}
    rows = pa.concat_tables([pa.table(columns), pa.table(columns).slice(1)])
    made = in_contract(rows, "rejects")
    assert made.column("reason").num_chunks == 1
    assert made.column("reason").to_pylist() == ["r", "s", "s"]
    assert sound(made, TABLES["rejects"])


def test_a_part_is_its_bytes_and_any_process_may_write_it(tmp_path) -> None:
    columns = {"source": ["a"], "file": ["f"], "locator": ["1"], "reason": ["r"], "detail": [""]}
    first = write_part(Folder.of(tmp_path / "one"), "rejects", "Log", 3, pa.table(columns))
    assert first["name"].startswith("part-log-00003-")
    assert write_part(Folder("memory://elsewhere"), "rejects", "Log", 3, pa.table(columns)) == first
    assert Folder("memory://elsewhere/rejects").get(first["name"]) == Folder.of(tmp_path / "one/rejects").get(
        first["name"]
    )
