"""Dates and numbers of a table: a column decides how its values are read, or the user is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scsr.corpus.prepare import prepare
from scsr.corpus.prepare.times import read_stamp
from scsr.corpus.readers import READERS, RawRecord, Reject, Source, load_sources, read
from scsr.corpus.readers.delimited import delimiter_of
from scsr.corpus.store import load
from scsr.errors import SourceError


def table(tmp_path: Path, content: bytes | str, name: str = "a.csv", **more: object) -> list[RawRecord | Reject]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(Source("log", name, "table", **more), tmp_path))


def column(tmp_path: Path, values: list[str], name: str = "published_at", **more: object) -> list[str]:
    rows = "".join(f'{n};"{value}";a\n' for n, value in enumerate(values))
    found = table(tmp_path, f"utterance_id;{name};text\n{rows}", **more)
    assert all(isinstance(one, RawRecord) for one in found)
    return [one.values.get(name, "") for one in found if isinstance(one, RawRecord)]


# dates


def test_one_day_above_twelve_decides_for_the_whole_column(tmp_path: Path) -> None:
    assert column(tmp_path, ["02/03/2012", "13/02/2012"]) == ["2012-03-02", "2012-02-13"]
    assert column(tmp_path, ["02/03/2012", "02/13/2012"]) == ["2012-02-03", "2012-02-13"]
    assert column(tmp_path, ["2.3.2012", "", "i går", "31.1.2012 kl. 9.05"]) == [
        "2012-03-02",
        "",
        "i går",
        "2012-01-31T09:05",
    ]
    assert column(tmp_path, ["2-3-2012 13:05:30", "28-3-2012 1:05 PM"]) == ["2012-03-02T13:05:30", "2012-03-28T13:05"]
    assert column(tmp_path, ["2012/9/1", "2012/13/1", "2012.9.12 10:00"]) == [
        "2012-09-01",
        "2012/13/1",
        "2012-09-12T10:00",
    ]


def test_the_first_decisive_value_may_stand_last(tmp_path: Path) -> None:
    values = ["01/02/2012"] * 3000 + ["31/12/2012"]
    assert column(tmp_path, values)[0] == "2012-02-01"


def test_short_years_are_read_where_one_order_alone_fits(tmp_path: Path) -> None:
    assert column(tmp_path, ["11/09/12", "31/12/12"]) == ["2012-09-11", "2012-12-31"]
    assert column(tmp_path, ["98-09-25", "99-01-02"]) == ["1998-09-25", "1999-01-02"]
    with pytest.raises(SourceError, match="no value tells"):
        column(tmp_path, ["12-09-11", "12-10-11"])


def test_a_column_that_does_not_tell_asks(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        table(tmp_path, "id;datum;text\n1;02/03/2012;a\n2;04/05/2012;b\n", columns={"published_at": "datum"})
    said = str(error.value)
    assert "a.csv" in said
    assert "'datum'" in said
    assert "'02/03/2012'" in said
    assert "date_format" in said
    stated = column(tmp_path, ["02/03/2012"], date_format="%d/%m/%Y")
    assert stated == ["02/03/2012"]  # read by its format later


def test_a_column_that_tells_two_ways_names_the_rows(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"day first \(row 2\) and others that are month first \(row 3\)"):
        column(tmp_path, ["02/03/2012", "13/02/2012", "02/13/2012"])


def test_where_the_readings_agree_nothing_is_asked(tmp_path: Path) -> None:
    assert column(tmp_path, ["05/05/2012", "06/06/2012"]) == ["2012-05-05", "2012-06-06"]


def test_where_nobody_stated_anything_an_unclear_file_is_a_reject(tmp_path: Path) -> None:
    (found,) = table(tmp_path, "published_at;text\n02/03/2012;a\n", chosen=True)
    assert isinstance(found, Reject)
    assert found.reason == "unclear column"
    assert "date_format" in found.detail


def test_days_of_excel_and_seconds_of_unix(tmp_path: Path) -> None:
    assert column(tmp_path, ["41163", "41163,5451388889"]) == ["2012-09-11", "2012-09-11T13:05:00"]
    assert column(tmp_path, ["1347361500", "1347361500123"])[0] == "2012-09-11T11:05:00+00:00"
    assert column(tmp_path, ["41163", "i går"]) == ["41163", "i går"]  # a number among words is no date
    assert column(tmp_path, ["41163", "1347361500"]) == ["41163", "1347361500"]


def test_iso_needs_nothing(tmp_path: Path) -> None:
    values = ["2012-09-11", "2012-09-11T13:05:00+02:00", "2012-09", "2012-09-11 13:05"]
    assert column(tmp_path, values) == values


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("tisdag 11 september 2012 kl. 13.05", "2012-09-11", "minute"),
        ("11. januar 2012", "2012-01-11", "day"),
        ("11. janúar 2012", "2012-01-11", "day"),
        ("11-Oct-2012", "2012-10-11", "day"),
        ("okt 2012", "2012-10-01", "month"),
        ("Tue, 11 Sep 2012 13:05 +0000", "2012-09-11", "minute"),
        ("20120911", "2012-09-11", "day"),
    ],
)
def test_months_in_words(text: str, day: str, precision: str) -> None:
    source = Source("log", "a.csv", "table", timezone="Europe/Oslo")
    instant, found = read_stamp(text, source)
    assert (instant.date().isoformat(), found) == (day, precision)


@pytest.mark.parametrize(
    "text", ["tirsdag 3/4/2012", "2012-W37", "skrevet 11. september 2012", "31. februar 2012", "september"]
)
def test_what_is_no_whole_date_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_stamp(text, Source("log", "a.csv", "table", timezone="Europe/Oslo"))


# numbers


@pytest.mark.parametrize(
    ("values", "read_as"),
    [
        (["1,5", "2"], ["1.5", "2"]),
        (["1.234,5", "2.000"], ["1234.5", "2000"]),
        (["1,234.5", "2,000"], ["1234.5", "2000"]),
        (["1 234,5", "1\u00a0000", "2'000"], ["1234.5", "1000", "2000"]),
        (["1.234.567", "2.000"], ["1234567", "2000"]),
        (["0,125", "1,250"], ["0.125", "1.250"]),
        (["1.234", "5"], ["1.234", "5"]),
        (["-1,5", "1,5e", "ukjent"], ["-1.5", "1,5e", "ukjent"]),
    ],
)
def test_a_column_tells_its_decimal_sign(tmp_path: Path, values: list[str], read_as: list[str]) -> None:
    rows = "".join(f"2012-01-01;2013-01-01;{value}\n" for value in values)
    found = table(tmp_path, "period_start;period_end;n_exposed\n" + rows, table="exposure")
    assert [one.values["n_exposed"] for one in found if isinstance(one, RawRecord)] == read_as


def test_whole_numbers_have_no_decimals(tmp_path: Path) -> None:
    assert column(tmp_path, ["1.234", "12", "1,000,000"], "n_followers") == ["1234", "12", "1000000"]
    assert column(tmp_path, ["1,234", "12"], "n_followers") == ["1234", "12"]


def test_a_number_that_does_not_tell_asks(tmp_path: Path) -> None:
    content = "period_start;period_end;n_exposed\n2012-01-01;2013-01-01;1,234\n"
    with pytest.raises(SourceError, match=r"'n_exposed' holds numbers such as '1,234'.*state decimal"):
        table(tmp_path, content, table="exposure")
    for decimal, value in ((",", "1.234"), (".", "1234")):
        (found,) = table(tmp_path, content, table="exposure", decimal=decimal)
        assert isinstance(found, RawRecord)
        assert found.values["n_exposed"] == value
    (found,) = table(tmp_path, content.replace("1,234", "1.234,5"), table="exposure", decimal=".")
    assert isinstance(found, RawRecord)
    assert found.values["n_exposed"] == "1.234,5"  # not what was stated: a reject later, never another number
    with pytest.raises(SourceError, match=r"decimal comma \(row 1\) and a decimal point \(row 2\)"):
        table(tmp_path, "period_start;period_end;n_exposed\na;b;1,5\na;b;1.5\n", table="exposure")


def test_the_decimal_sign_is_checked(tmp_path: Path) -> None:
    stated = (
        '[[source]]\nname = "a"\npath = "*.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\ndecimal = "%s"\n'
    )
    file = tmp_path / "sources.toml"
    file.write_text(stated % ",")
    assert load_sources(file, READERS)[0].decimal == ","
    file.write_text(stated % ";")
    with pytest.raises(SourceError, match="decimal ';' must be ',' or '.'"):
        load_sources(file, READERS)
    file.write_text((stated % ",") + 'encoding = "idna"\n')
    with pytest.raises(SourceError, match="encoding 'idna' is unknown"):
        load_sources(file, READERS)


# headers and dialects


def test_a_column_that_is_meant_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="column 'text' stands 2 times in the header; rename"):
        table(tmp_path, "text;text;n\na;b;1\n")
    assert len(table(tmp_path, "text;note;note;;\na;b;c;;\n")) == 1
    (found,) = table(tmp_path, "text;text\na;b\n", chosen=True)
    assert isinstance(found, Reject)
    assert found.reason == "bad header"


@pytest.mark.parametrize(
    "first", ["1;Hvor blir det av pakken min?", "2012-09-11;hei", "kari@example.com;hei", f"{'ord ' * 20};hei"]
)
def test_a_table_without_a_header_is_refused_without_showing_it(tmp_path: Path, first: str) -> None:
    with pytest.raises(SourceError, match="has no header") as error:
        table(tmp_path, f"{first}\n2;Hei\n", columns={"text": "tekst"})
    assert "pakken" not in str(error.value)
    assert "kari" not in str(error.value)


def test_excels_own_line_and_escaped_quotes(tmp_path: Path) -> None:
    for line in ("sep=;", '"sep=;"', "\ufeffSEP=;"):
        found = table(tmp_path, f'{line}\ntext;n\n"a, b, c";1\nd;2\n')
        assert [one.values["text"] for one in found if isinstance(one, RawRecord)] == ["a, b, c", "d"]
    assert delimiter_of(tmp_path / "a.csv", None, set()) == ";"
    found = table(tmp_path, 'text,n\n"hun sa \\"hei, du\\" og gikk",1\n"b",2\n')
    assert [one.values["text"] for one in found if isinstance(one, RawRecord)] == ['hun sa "hei, du" og gikk', "b"]


def test_utf_8_and_windows_in_one_file(tmp_path: Path) -> None:
    rows = ["Åpent på søndag".encode(), "Æ, ø og å".encode("cp1252")] * 300
    found = table(tmp_path, b"text\tn\n" + b"".join(row + b"\t1\n" for row in rows))
    assert {one.values["text"] for one in found if isinstance(one, RawRecord)} == {"Åpent på søndag", "Æ, ø og å"}


def test_utf_16_without_a_mark(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        found = table(tmp_path, "text;n\nÅpent på søndag;1\n".encode(encoding))
        assert [one.values["text"] for one in found if isinstance(one, RawRecord)] == ["Åpent på søndag"]


def test_what_a_table_says_arrives(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.csv").write_bytes(
        '\ufeffOmdöme;Datum;Följare\n"Väntade länge;\ninget svar";13.02.2012;1 200\nBra service i dag;02.03.2012;15\n'.encode(
            "utf-16"
        )
    )
    (raw / "sources.toml").write_text(
        '[[source]]\nname = "a"\npath = "*.csv"\nreader = "table"\nlicence = "none stated"\nsynthetic = false\n'
        '[source.columns]\ntext = "Omdöme"\npublished_at = "Datum"\nn_followers = "Följare"\n',
        "utf-8",
    )
    prepare(raw, tmp_path / "out", key=bytes(32))
    rows = load("utterances", ["text", "published_at", "date_precision", "n_followers"], data=tmp_path / "out")
    assert [str(at.date()) for at in rows["published_at"]] == ["2012-02-13", "2012-03-02"]
    assert list(rows["date_precision"].astype(str)) == ["day", "day"]
    assert list(rows["n_followers"]) == [1200, 15]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.text(alphabet="0123456789./-, :TZ+apm", max_size=14), min_size=1, max_size=6))
def test_any_column_is_read_left_alone_or_asked_about(tmp_path: Path, values: list[str]) -> None:
    rows = "".join(f"{value}\t{value}\ta\n" for value in values)
    try:
        found = table(tmp_path, "published_at\tn_followers\ttext\n" + rows)
    except SourceError:
        return
    assert len(found) == len(values)
