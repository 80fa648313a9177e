"""From raw files to published tables: nothing lost, nothing named, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import stat
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from scsr.corpus.prepare import Account, describe, parts, prepare, run
from scsr.corpus.prepare.keys import KEY_FILE, find_key
from scsr.corpus.prepare.times import in_utc, read_stamp
from scsr.corpus.readers import Source
from scsr.corpus.store import load, manifest
from scsr.errors import ReadError, ScsrError, SourceError

KEY = b"a key of the tests, long enough"

HEAD = 'reader = "table"\nlicence = "MIT"\n'
LOG = f'[[source]]\nname = "log"\npath = "log.csv"\nsynthetic = false\n{HEAD}'

ROWS = """utterance_id,reply_to,speaker_id,speaker_role,published_at,text
1,,kund7,customer,2012-09-11T08:00:00+02:00,"Jag har väntat på svar från kundtjänst i tre veckor. Mvh Anna Larsson"
2,1,agent,firm,2012-09-11T10:30:00+02:00,"Hej! Skicka ett mejl till hjalp@example.com så ordnar vi det i dag."
3,,kund8,customer,2012-09-12,"Tack så mycket!"
4,,kund9,customer,,"   "
5,,kund9,kund,,"Rollen finns inte"
3,,kund8,customer,2012-09-12,"Samma nummer igen"
6,,kund9,customer,i går,"Datumet kan ingen läsa"
"""


def write(raw: Path, **files: str) -> Path:
    """Make a raw folder; ``sources`` is the sources.toml, a double underscore in a name is the dot."""
    raw.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = raw / ("sources.toml" if name == "sources" else name.replace("__", "."))
        file.write_text(text, encoding="utf-8")
    return raw


def bytes_of(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small prepared case log."""
    base = tmp_path_factory.mktemp("log")
    prepare(write(base / "raw", sources=LOG, log__csv=ROWS), base / "out", key=KEY)
    return base / "out"


# the whole run


def test_every_record_is_a_row_or_a_reject(log: Path) -> None:
    account = manifest(log).sources[0]
    assert (account["n_read"], account["n_rows"], account["n_rejects"]) == (7, 3, 4)
    assert account["rejected"] == {"bad value": 2, "no text": 1, "repeated id": 1}
    rejects = load("rejects", data=log)
    assert sorted(rejects["locator"]) == ["row 4", "row 5", "row 6", "row 7"]
    assert "i går" not in " ".join(rejects["detail"])


def test_rows_are_cleaned_identified_and_pseudonymised(log: Path) -> None:
    rows = load("utterances", data=log)
    assert rows["language"].tolist()[:2] == ["sv", "sv"]
    assert "vänta" in rows.loc[0, "lemmas"]
    written = " ".join(rows["text"])
    assert "Anna Larsson" not in written
    assert "example.com" not in written
    assert "<email:" in written
    assert rows["reply_to"].tolist()[1] == rows.loc[0, "utterance_id"] == rows.loc[1, "conversation_id"]
    assert rows["speaker_id"].str.fullmatch("[0-9a-f]{32}").all()
    assert rows.loc[0, "published_at"] == pd.Timestamp("2012-09-11T06:00Z")
    assert rows["date_precision"].tolist() == ["second", "second", "day"]
    assert manifest(log).sources[0]["masked"]["email"] == 1
    for file, content in bytes_of(log).items():
        assert KEY not in content, file


def test_accounts_of_firms_that_the_source_names_stay(tmp_path: Path) -> None:
    text = "text\n@Fjelltel svarer aldri men @kari_fra_ski fikk hjelp av @havnett i går\n"
    raw = write(tmp_path / "raw", sources=LOG + 'companies = ["Fjelltel", "Havnett"]\n', log__csv=text)
    prepare(raw, tmp_path / "out", key=KEY)
    written = load("utterances", data=tmp_path / "out").loc[0, "text"]
    assert "@Fjelltel" in written
    assert "@havnett" in written
    assert "kari" not in written
    with pytest.raises(SourceError, match="companies.*list of texts"):
        prepare(write(raw, sources=LOG + "companies = [1]\n"), tmp_path / "out", key=KEY)


def test_a_page_that_meets_a_fault_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import scsr.corpus.pages as pages

    whole = pages.split

    def faulty(text: str, **how: object) -> pages.Page:
        if "Fru Hansen" in text:
            raise ZeroDivisionError("Fru Hansen")
        return whole(text, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "split", faulty)
    sources = f'[[source]]\nname = "pages"\npath = "*.txt"\nsynthetic = false\n{HEAD}'.replace("table", "page")
    page = "Tirsdag 11. september 2012\nDen gule permen\nNå er det 140 spørsmål i den, og jeg har kjøpt en grønn.\n"
    raw = write(tmp_path / "raw", sources=sources, a__txt=page, b__txt=page.replace("permen", "permen til Fru Hansen"))
    prepare(raw, tmp_path / "out", key=KEY)
    assert len(load("utterances", data=tmp_path / "out")) == 1
    reject = load("rejects", data=tmp_path / "out").iloc[0]
    assert (reject["file"], reject["reason"]) == ("b.txt", "unreadable page")
    assert "ZeroDivisionError in test_corpus_prepare.py" in reject["detail"]
    assert "Hansen" not in reject["detail"]


def test_provenance_is_apart_and_says_where(log: Path) -> None:
    found = load("provenance", data=log)
    assert found["locator"].tolist() == ["row 1", "row 2", "row 3"]
    assert set(found["file"]) == {"log.csv"}


def test_the_account_is_worded(log: Path) -> None:
    lines = describe(manifest(log))
    assert lines[0] == "log (table, 1 file): 7 records read = 3 rows of utterances + 4 rejects"
    assert any("email 1" in line for line in lines)
    assert lines[-1].startswith("Tables: utterances 3")


def test_the_same_input_gives_the_same_bytes_with_any_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f'"Ordern {i} har inte kommit fram, och ingen svarar på frågor om den."\n' for i in range(60))
    raw = write(tmp_path / "raw", sources=LOG, log__csv="text\n" + text * 2)
    monkeypatch.setattr(run, "CHUNK_RECORDS", 10)
    monkeypatch.setattr(parts, "PART_ROWS", 50)
    one = prepare(raw, tmp_path / "one", key=KEY)
    two = prepare(raw, tmp_path / "two", key=KEY, workers=2)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert one == two
    assert [part["n_rows"] for part in one.tables["utterances"]["files"]] == [50, 50, 20]
    assert one.sources[0]["duplicates"]["exact"] == 60


def test_what_was_published_stays_when_the_account_does_not_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = write(tmp_path / "raw", sources=LOG, log__csv=ROWS)
    prepare(raw, tmp_path / "out", key=KEY)
    before = (tmp_path / "out" / "prepare.json").read_bytes()
    monkeypatch.setattr(run, "reject_parts", lambda *_: iter(()))
    write(raw, log__csv=ROWS + "8,,kund1,customer,,Ny rad\n")
    with pytest.raises(ScsrError, match="8 records were read, but 4 rows and 0 rejects"):
        prepare(raw, tmp_path / "out", key=KEY)
    assert (tmp_path / "out" / "prepare.json").read_bytes() == before
    assert len(load("utterances", data=tmp_path / "out")) == 3


def test_characters_must_add_up_too() -> None:
    account = Account(Source("p", "*", "page"), n_visible=10, characters=Counter({"utterances": 9}))
    with pytest.raises(ScsrError, match="10 visible characters were read, but 9"):
        account.check()


def test_an_error_in_a_source_is_raised_from_a_worker(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", sources=LOG, log__csv="text,published_at\nHej,2012-09-11 08:00\n")
    with pytest.raises(SourceError, match="add timezone"):
        prepare(raw, tmp_path / "out", key=KEY)
    with pytest.raises(ScsrError, match="1 or more"):
        prepare(raw, tmp_path / "out", key=KEY, workers=0)
    with pytest.raises(SourceError, match="is no folder"):
        prepare(tmp_path / "none", tmp_path / "out", key=KEY)
    assert not (tmp_path / "out" / "prepare.json").exists()


# what is read


def test_the_sample_is_read_where_nothing_is_stated(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write(raw / "sample", sources=LOG.replace("false", "true"), log__csv="text\nHej på er alla\n")
    write(raw, mine__csv="text\nMin egen\n")
    made = prepare(raw, tmp_path / "out")
    assert made.synthetic is True
    assert "1 other files" in made.notes[0]
    assert load("utterances", data=tmp_path / "out")["text"].tolist() == ["Hej på er alla"]


def test_readers_are_chosen_and_said_where_there_is_no_sample(tmp_path: Path) -> None:
    raw = write(
        tmp_path / "raw", a__csv="review,published_at\nBra service i butiken,2012-09-11 08:00\n", b__csv="n,m\n1,2\n"
    )
    made = prepare(raw, tmp_path / "out", key=KEY)
    assert any("chose reader 'table' for a.csv" in note for note in made.notes)
    assert any("no reader for b.csv" in note for note in made.notes)
    # nobody stated where the clock stood: the date is all that is kept
    assert load("utterances", data=tmp_path / "out")["date_precision"].tolist() == ["day"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds no file"):
        prepare(tmp_path / "empty", tmp_path / "out", key=KEY)


def test_sources_may_be_stated_elsewhere(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", log__csv=ROWS)
    write(tmp_path / "stated", sources=LOG)
    made = prepare(raw, tmp_path / "out", sources=tmp_path / "stated" / "sources.toml", key=KEY)
    assert made.totals["n_rows"] == 3


LINKED = """
[[source]]
name = "cases"
path = "cases.csv"
reader = "table"
licence = "MIT"
synthetic = true
speakers = "crm"
language = "sv"
[[source]]
name = "outcomes"
path = "outcomes.csv"
table = "outcomes"
reader = "table"
licence = "MIT"
synthetic = true
speakers = "crm"
[[source]]
name = "shares"
path = "shares.csv"
table = "shares"
reader = "table"
licence = "MIT"
synthetic = true
[[source]]
name = "exposure"
path = "exposure.csv"
table = "exposure"
reader = "table"
licence = "MIT"
synthetic = true
exposure_unit = "customers"
"""


def test_customers_are_linked_where_sources_share_a_namespace(tmp_path: Path) -> None:
    raw = write(
        tmp_path / "raw",
        sources=LINKED,
        cases__csv="speaker_id,text,date_precision,published_at,n_followers\nc1,Hej hej,month,2012-09-11T10:00Z,12.0\n",
        outcomes__csv="speaker_id,outcome,value,observed_from,observed_until\n"
        "c1,churn,1,2012-01-01,2013-01-01\nc1,churn,inf,2012-01-01,2013-01-01\n,churn,1,2012-01-01,2013-01-01\n",
        shares__csv="share_id,cascade_id,parent_id,t_h,speaker_id\ns1,k,,0,c1\ns2,k,s1,1.5,c2\ns2,k,s1,1.5,c2\n,k,,2,\n,k,,2,\n",
        exposure__csv="company,period_start,period_end,n_exposed\nFjelltel,2012-01,2012-02,10\nFjelltel,2012-01,2012-02,11\n,2012-01,2012-02,-1\n",
    )
    made = prepare(raw, tmp_path / "out")
    cases, outcomes = (load(table, data=tmp_path / "out") for table in ("utterances", "outcomes"))
    shares, exposure = (load(table, data=tmp_path / "out") for table in ("shares", "exposure"))
    assert cases.loc[0, "speaker_id"] == outcomes.loc[0, "speaker_id"] != shares.loc[0, "speaker_id"]
    # a precision that the source states coarsens the stamp; it never sharpens it
    assert cases.loc[0, "published_at"] == pd.Timestamp("2012-09-11T00:00Z")
    assert (cases.loc[0, "date_precision"], cases.loc[0, "n_followers"]) == ("month", 12)
    assert shares.loc[1, "parent_id"] == shares.loc[0, "share_id"]
    assert shares["share_id"].is_unique
    assert len(shares) == 4
    assert exposure["exposure_unit"].tolist() == ["customers"]
    rejected = {account["name"]: account["rejected"] for account in made.sources}
    assert rejected == {
        "cases": {}, "outcomes": {"bad value": 2}, "shares": {"repeated id": 1},
        "exposure": {"bad value": 1, "repeated key": 1},
    }  # fmt: skip


# ids


def ids(raw: Path, out: Path) -> set[str]:
    prepare(raw, out, key=KEY)
    return set(load("utterances", data=out)["utterance_id"])


def test_ids_rest_on_neither_path_nor_position(tmp_path: Path) -> None:
    stated = LOG.replace("log.csv", "*.csv")
    lines = ["En rad om kundtjänst", "En annan rad om svar", "En rad om kundtjänst"]
    one = write(tmp_path / "one", sources=stated, a__csv="text\n" + "\n".join(lines))
    two = write(tmp_path / "two", sources=stated, x__csv="text\n" + lines[2], y__csv="text\n" + "\n".join(lines[:2]))
    first = ids(one, tmp_path / "out1")
    assert len(first) == 3
    assert first == ids(two, tmp_path / "out2")


PAGE = """<html><head><title>Butiksbloggen</title></head><body>
<div class="post hentry"><h2 class="entry-title">Om att svara i tid</h2>
<div class="entry-meta">Publicerat den 14 mars 2010 av <span class="author">Maja</span></div>
<div class="entry-content"><p>Kunder väntar längre än vad vi i kundtjänsten tror, och
de flesta hör aldrig av sig igen.</p>
<p>Den som svarar först vinner ofta tillbaka förtroendet, även när felet är ens eget.</p></div></div>
<div id="comments"><h3>2 kommentarer</h3><ol class="comment-list">
<li class="comment" id="comment-1"><div class="comment-author vcard"><cite class="fn">Kund i Kiruna</cite></div>
<div class="comment-meta">15 mars 2010 kl. 09:30</div>
<p>Jag fick vänta i elva dagar på ett svar som inte sade något.</p></li>
<li class="comment" id="comment-2"><div class="comment-author vcard"><cite class="fn">Maja</cite></div>
<div class="comment-meta">15 mars 2010 kl. 11:00</div>
<p>Det var inte bra, hör av dig till mig så ser vi vad som hände.</p></li>
</ol></div></body></html>"""

PAGES = '[[source]]\nname = "pages"\npath = "*.html"\nreader = "page"\nlicence = "MIT"\nsynthetic = true\n'
STOCKHOLM = PAGES + 'timezone = "Europe/Stockholm"\n'


def test_a_page_becomes_a_post_and_its_comments(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", sources=STOCKHOLM, a__html=PAGE, b__html="", c__html="<html></html>")
    made = prepare(raw, tmp_path / "out")
    rows = load("utterances", data=tmp_path / "out")
    assert rows["kind"].tolist() == ["post", "comment", "comment"]
    assert rows["speaker_role"].tolist() == ["author", "other", "author"]
    assert rows.loc[0, "speaker_id"] == rows.loc[2, "speaker_id"]
    assert set(rows["conversation_id"]) == {rows.loc[0, "utterance_id"]}
    assert rows.loc[1, "published_at"] == pd.Timestamp("2010-03-15T08:30Z")
    assert rows.loc[0, "published_at"] == pd.Timestamp("2010-03-14T00:00Z")
    assert rows.loc[0, "date_precision"] == "day"
    account = made.sources[0]
    assert account["n_visible"] == sum(account["characters"].values()) > 0
    assert account["rejected"]["empty file"] == 1
    assert any("visible characters" in line for line in describe(made))


def test_what_a_page_shows_becomes_roles_replies_and_rejects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scsr.corpus import pages

    asked = pages.Comment("Har du startat om den?", author="Stina", role="employee")
    thanked = pages.Comment("Ja, i går kväll.", author="KALLE ", reply_to=0)
    empty = pages.Comment("\u200b")
    post = pages.Post("Routern blinkar", "Hej, den blinkar rött.", author="Kalle", comments=(asked, thanked, empty))
    answers = {
        "thread": pages.Page((post,), Counter({"utterances": 50, "reject:cut off": 7}), 57),
        "title": pages.Page((pages.Post("Bara en rubrik", ""),), Counter({"utterances": 12}), 12),
    }

    def split(text: str, **_: object) -> pages.Page:
        if text.strip() not in answers:
            raise ReadError("nested too deep")
        return answers[text.strip()]

    monkeypatch.setattr(pages, "split", split)
    stated = PAGES.replace("*.html", "*.txt") + 'channel = "forum"\nspeaker_role = "customer"\nsaved_at = 2012-09-11\n'
    raw = write(tmp_path / "raw", sources=stated, a__txt="thread", b__txt="title", c__txt="deep")
    made = prepare(raw, tmp_path / "out")
    rows = load("utterances", data=tmp_path / "out")
    assert rows["speaker_role"].tolist() == ["customer", "employee", "customer"]
    assert set(rows["channel"]) == {"forum"}
    assert rows["reply_to"].tolist()[1:] == rows["utterance_id"].tolist()[:2]
    assert rows["speaker_id"].nunique() == 2
    assert made.sources[0]["rejected"] == {"no text": 2, "text of no post": 1, "unreadable page": 1}


def test_a_page_saved_again_keeps_its_ids(tmp_path: Path) -> None:
    once = write(tmp_path / "once", sources=STOCKHOLM, a__html=PAGE)
    twice = write(tmp_path / "twice", sources=STOCKHOLM, b__html=PAGE, c__html=PAGE)
    first, both = ids(once, tmp_path / "o1"), ids(twice, tmp_path / "o2")
    assert len(first) == 3
    assert first < both
    rows = load("utterances", data=tmp_path / "o2")
    assert rows["utterance_id"].is_unique
    assert rows.groupby("conversation_id").size().tolist() == [3, 3]
    assert set(rows["reply_to"].dropna()) <= set(rows["utterance_id"])
    assert len(load("duplicates", data=tmp_path / "o2")) == 3


def test_a_time_of_day_needs_a_timezone(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", sources=PAGES, a__html=PAGE)
    with pytest.raises(SourceError, match="no offset; add timezone"):
        prepare(raw, tmp_path / "out")


# keys


def test_synthetic_sources_use_the_public_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCSR_KEY", "x" * 20)
    assert find_key(True) == find_key(True, b"another key that is not used")
    assert find_key(False) == b"x" * 20


def test_a_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCSR_KEY", raising=False)
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    inner = tmp_path / "tree" / "notebooks"
    inner.mkdir()
    made = find_key(False, folder=inner)
    file = tmp_path / "tree" / KEY_FILE
    assert file.read_bytes().strip() == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert find_key(False, folder=tmp_path / "tree") == made
    assert len(list((tmp_path / "tree").iterdir())) == 3
    file.write_bytes(b"short\n")
    with pytest.raises(ScsrError, match="5 bytes"):
        find_key(False, folder=inner)
    with pytest.raises(ScsrError, match="at least 16"):
        find_key(False, b"short")
    with pytest.raises(ScsrError, match="set SCSR_KEY instead"):
        find_key(False, folder=Path("/proc/self"))


def test_another_key_is_refused_for_the_sources_that_are_kept(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", sources=LOG, log__csv=ROWS)
    sample = write(tmp_path / "sample", sources=LOG.replace("false", "true"), log__csv=ROWS)
    out = tmp_path / "out"
    prepare(sample, out)
    prepare(raw, out, key=KEY)  # the sample's public key is in nobody's way
    with pytest.raises(ScsrError, match="every id would change; set SCSR_KEY"):
        prepare(raw, out, key=KEY + b"!")
    other = write(tmp_path / "other", sources=LOG.replace('"log"', '"crm"'), log__csv=ROWS)
    prepare(other, out, key=KEY + b"!")


# times


OSLO = Source("s", "*", "table", timezone="Europe/Oslo")


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("2012-09-11", "2012-09-11T00:00", "day"),
        ("2012-09", "2012-09-01T00:00", "month"),
        ("2012-09-11T13:05", "2012-09-11T11:05", "minute"),
        ("2012-09-11T13:05Z", "2012-09-11T13:05", "minute"),
        ("2012-01-11 13:05:07", "2012-01-11T12:05:07", "second"),
        ("2012-09-11T13:05:07.25+05:30", "2012-09-11T07:35:07.25", "second"),
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47", "second"),
        ("Tue Oct 31 22:10:47 -0330 2017", "2017-11-01T01:40:47", "second"),
        ("2012-10-28T02:30", "2012-10-28T00:30", "minute"),  # said twice that night; the first is meant
    ],
)
def test_stamps_keep_what_they_say(text: str, instant: str, precision: str) -> None:
    assert read_stamp(text, OSLO) == (dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC), precision)


@pytest.mark.parametrize("text", ["3/4/2012", "den 3/4 2012", "2012-13-01", "Tue Foo 31 22:10:47 +0000 2017", "x"])
def test_stamps_are_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_stamp(text, OSLO)


@pytest.mark.parametrize(
    ("form", "text", "instant", "precision"),
    [
        ("%d.%m.%Y", "11.09.2012", "2012-09-11T00:00", "day"),
        ("%d/%m/%Y %H:%M", "11/09/2012 13:05", "2012-09-11T11:05", "minute"),
        ("%d/%m/%Y %H:%M:%S%z", "11/09/2012 13:05:01+0000", "2012-09-11T13:05:01", "second"),
        ("%m/%Y", "09/2012", "2012-09-01T00:00", "month"),
        ("unix", "1347361500", "2012-09-11T11:05", "second"),
    ],
)
def test_a_stated_form_is_used(form: str, text: str, instant: str, precision: str) -> None:
    source = Source("s", "*", "table", timezone="Europe/Oslo", date_format=form)
    assert read_stamp(text, source) == (dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC), precision)
    with pytest.raises(ValueError, match=r"."):
        read_stamp("1e99", source)


def test_a_date_stays_a_date() -> None:
    assert in_utc(dt.date(2012, 9, 11), "day", OSLO)[0] == dt.datetime(2012, 9, 11, tzinfo=dt.UTC)
    assert in_utc(dt.date(2012, 9, 11), "minute", OSLO)[1] == "day"


# values


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("severity", "6"),
        ("severity", "0"),
        ("severity", "2.5"),
        ("urgent", "kanskje"),
        ("kind", "klage"),
        ("n_followers", "x"),
    ],
)
def test_values_that_the_contract_does_not_allow_are_rejects(tmp_path: Path, column: str, value: str) -> None:
    raw = write(tmp_path / "raw", sources=LOG, log__csv=f"text,{column}\nHei på deg,{value}\nHei igjen,\n")
    made = prepare(raw, tmp_path / "out", key=KEY)
    assert made.sources[0]["rejected"] == {"bad value": 1}
    detail = load("rejects", data=tmp_path / "out").loc[0, "detail"]
    assert detail.startswith(column)
    assert value not in detail.split()


def test_languages_are_stated_or_identified(tmp_path: Path) -> None:
    text = "Vi har ventet på svar fra kundeservice i tre uker og er lei av det"
    raw = write(tmp_path / "raw", sources=LOG, log__csv=f"text,language\n{text},\n{text},sv\n{text},fo\n")
    prepare(raw, tmp_path / "out", key=KEY)
    rows = load("utterances", data=tmp_path / "out")
    assert rows["language"].tolist() == ["nb", "sv", "other"]
    assert rows["language_detail"].astype("object").where(rows["language_detail"].notna(), None).tolist() == [
        None, None, "fo",
    ]  # fmt: skip
    assert rows["language_confidence"].tolist()[1:] == [1.0, 1.0]


# duplicates


def test_exact_and_near_duplicates_are_listed_over_all_sources(tmp_path: Path) -> None:
    said = "Jag har väntat på svar från er kundtjänst i tre veckor nu och ingen hör av sig trots att jag ringt"
    other = "Pakken kom fram i god tid og alt var akkurat som det skulle være, takk for god service hos dere alle"
    both = LOG + LOG.replace('"log"', '"mail"').replace("log.csv", "mail.csv")
    raw = write(
        tmp_path / "raw",
        sources=both,
        log__csv=f'text\n"{said}"\n"{other}"\nTack!\n',
        mail__csv=f'text\n"{said} igen"\n"{said}"\nTack!\nTack så mycket\n',
    )
    made = prepare(raw, tmp_path / "out", key=KEY)
    rows = load("utterances", data=tmp_path / "out")["utterance_id"].tolist()
    found = load("duplicates", data=tmp_path / "out")
    listed = set(found[["utterance_id", "duplicate_of", "how"]].itertuples(index=False, name=None))
    assert listed == {(rows[3], rows[0], "near"), (rows[4], rows[0], "exact"), (rows[5], rows[2], "exact")}
    assert set(found["source"]) == {"mail"}
    assert made.sources[1]["duplicates"] == {"exact": 2, "near": 1}
    assert len(rows) == 7  # listed, never dropped


# the sample, and real data


def test_the_sample_adds_up(processed: Path) -> None:
    made = manifest(processed)
    assert made.synthetic is True
    for account in made.sources:
        assert account["n_read"] == account["n_rows"] + account["n_rejects"]
        assert account["n_rows"] > 0
    rows = load("utterances", ["source", "language", "kind", "synthetic"], data=processed)
    assert set(rows["language"]) >= {"sv", "nb", "nn", "is"}
    assert rows["synthetic"].all()
    cases = load("utterances", ["speaker_id"], {"source": "simulated-cases"}, processed)
    outcomes = load("outcomes", ["speaker_id"], data=processed)
    assert outcomes["speaker_id"].isin(set(cases["speaker_id"])).any()
    duplicates = load("duplicates", where={"source": "simulated-cases"}, data=processed)["how"].value_counts()
    assert duplicates["exact"] + duplicates["near"] < 0.02 * len(cases)


@pytest.mark.slow
@pytest.mark.real_data
def test_the_real_data_add_up(real_data: Path, root: Path, tmp_path: Path) -> None:
    made = prepare(real_data, tmp_path, sources=root / "examples" / "real-data" / "sources.toml", key=KEY)
    read = {account["name"]: (account["n_read"], account["n_rows"]) for account in made.sources}
    assert read["sv-reviews"] == (2500, 2500)
    assert read["twcs"] == (5000, 5000)
    assert read["auspol-cascades"] == (5348, 5348)
    assert made.synthetic is False
    rows = load("utterances", data=tmp_path)
    assert not rows["text"].str.contains("\u00ad").any()
    pages = rows[rows["source"] == "saved-pages"]
    norwegian = pages[pages["language"] == "nb"]
    assert norwegian["kind"].tolist() == ["post", "comment", "comment"]
    assert norwegian["published_at"].iloc[0] == pd.Timestamp("2012-09-11T00:00Z")
    assert (pages["language"] == "sv").sum() == 2
    assert pages.loc[pages["language"] == "sv", "published_at"].isna().all()
    assert set(rows.loc[rows["source"] == "sv-reviews", "valence"]) == {"positive", "negative"}
    labelled = rows.loc[rows["source"] == "airline-tweets", "kind"].value_counts()
    assert (labelled["complaint"], labelled["post"]) == (466, 1034)
