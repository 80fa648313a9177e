"""Who asks to be forgotten is left out of all that is made from then on."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from scsr import cli
from scsr.corpus.prepare import prepare
from scsr.corpus.prepare.drafts import read_counts, read_draft
from scsr.corpus.prepare.forget import forget, forgotten_ids
from scsr.corpus.prepare.forgotten import MARK, Forgotten, file_beside, read_forgotten, write_forgotten
from scsr.corpus.store import load, manifest
from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError
from scsr.text.privacy import PLACEHOLDER, fingerprint

KEY = b"a key of the tests, long enough"

STATED = """
[[source]]
name = "forum"
path = "forum*.csv"
reader = "table"
licence = "MIT"
synthetic = false
speakers = "crm"
language = "sv"
[source.columns]
utterance_id = "id"
speaker_id = "who"
[[source]]
name = "outcomes"
path = "outcomes.csv"
reader = "table"
table = "outcomes"
licence = "MIT"
synthetic = false
speakers = "crm"
[[source]]
name = "shares"
path = "shares.csv"
reader = "table"
table = "shares"
licence = "MIT"
synthetic = false
speakers = "crm"
"""

ASKED = "Jag har väntat i tre veckor på att få tillbaka mina pengar för den trasiga kaffebryggaren"
LONGER = f"{ASKED}. Vem vet hur man når en människa hos er?"
OWN = "Min egen faktura stämde på öret, så det går ju om man vill"
FORUM = f"""id,reply_to,who,speaker_role,published_at,text
1,,kalle_80,customer,2012-09-11T08:00:00Z,"{LONGER}"
2,1,stina,employee,2012-09-11T09:00:00Z,"Hej @kalle_80, skicka ett mejl till oss så ser vi vad som har hänt."
3,1,bo,customer,2012-09-11T10:00:00Z,"kalle_80 skrev: {ASKED}. Samma här, och ingen svarar i telefon."
4,,maj,customer,2012-09-12T10:00:00Z,"{LONGER}"
5,,ina,customer,2012-09-13T10:00:00Z,"{OWN}"
6,5,kalle_80,customer,2012-09-13T11:00:00Z,"{OWN}"
7,5,stina,employee,2012-09-14T09:00:00Z,"Tack så mycket för att du berättar om det för oss andra!"
"""
OUTCOMES = """speaker_id,outcome,value,observed_from,observed_until
kalle_80,churn,1,2012-01-01,2013-01-01
bo,churn,0,2012-01-01,2013-01-01
"""
SHARES = "share_id,cascade_id,parent_id,t_h,speaker_id\ns1,k,,0,kalle_80\ns2,k,s1,1.5,bo\ns3,k,s2,2,maj\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    for name, text in (("sources.toml", STATED), ("forum.csv", FORUM), ("outcomes.csv", OUTCOMES),
                       ("shares.csv", SHARES)):  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    prepare(folder, folder.parent / "processed", key=KEY)
    return folder


@pytest.fixture
def out(raw: Path) -> Path:
    return raw.parent / "processed"


def speaker_of(out: Path, words: str, role: str = "customer") -> str:
    rows = load("utterances", data=out)
    return str(rows.loc[rows["text"].str.startswith(words) & (rows["speaker_role"] == role), "speaker_id"].iloc[0])


def everything(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())


def kept(out: Path) -> str:
    """All that the drafts hold, unpacked."""
    folder = Folder.of(out / ".drafts")
    rows = [read_draft(folder, name) for name in folder.names()]
    # a conversation keeps its name, which is the key of the utterance that opened it
    rows = [one.drop_columns([name for name in ("conversation_id",) if name in one.column_names]) for one in rows]
    return f"{[one.to_pylist() for one in rows]} {[read_counts(folder, name) for name in folder.names()]}"


def test_a_person_and_what_derives_from_them_goes(raw: Path, out: Path) -> None:
    kalle = speaker_of(out, "Jag har väntat")
    before = load("utterances", data=out)
    assert before["text"].str.contains(r"<handle:[0-9a-f]{8}>").any()
    found = forget(kalle, out)
    assert found.changed
    assert found.counts == {"utterances": 2, "outcomes": 1, "shares": 1}
    assert "To be forgotten" in str(found)
    assert load("utterances", data=out).equals(before)  # at the next prepare, not before
    made = prepare(raw, out, key=KEY)

    rows = load("utterances", data=out)
    assert kalle not in set(rows["speaker_id"])
    # their two, and maj's later copy of the first; ina's text was hers before it was theirs
    assert len(rows) == 4
    assert OWN in set(rows["text"])
    greeting, quoting = rows["text"].iloc[0], rows["text"].iloc[1]
    assert greeting.startswith(f"Hej {MARK}, skicka")
    assert "trasiga kaffebryggaren" not in " ".join(rows["text"])
    assert quoting.endswith(f"skrev: {MARK} Samma här, och ingen svarar i telefon.")
    assert "trasig" not in " ".join(rows["lemmas"].explode())
    gone = set(before["utterance_id"]) - set(rows["utterance_id"])
    assert not set(rows["reply_to"].dropna()) & gone
    assert rows["reply_to"].notna().sum() == 1  # the answer to ina's
    assert len(load("provenance", data=out)) == 4
    assert not set(load("provenance", ["utterance_id"], data=out)["utterance_id"]) & gone
    duplicates = load("duplicates", data=out)
    assert not (set(duplicates["utterance_id"]) | set(duplicates["duplicate_of"])) & gone
    assert len(load("outcomes", data=out)) == 1
    shares = load("shares", data=out)
    assert len(shares) == 2
    assert shares["parent_id"].isna().tolist() == [True, False]
    assert kalle.encode() not in everything(out)
    assert "Samma här" in kept(out)
    assert kalle not in kept(out)
    assert "trasiga kaffebryggaren" not in kept(out)
    assert not any(one in kept(out) for one in gone)

    accounts = {account["name"]: account for account in made.sources}
    assert accounts["forum"]["rejected"] == {"forgotten": 3}
    assert (accounts["forum"]["n_read"], accounts["forum"]["n_rows"]) == (7, 4)
    assert accounts["forum"]["languages"] == {"sv": 4}
    assert accounts["outcomes"]["rejected"] == accounts["shares"]["rejected"] == {"forgotten": 1}
    rejects = load("rejects", data=out)
    assert set(rejects["file"]) == set(rejects["locator"]) == {""}


def test_they_stay_out_whatever_is_read_again(raw: Path, out: Path) -> None:
    forget(speaker_of(out, "Jag har väntat"), out)
    first = prepare(raw, out, key=KEY)
    again = prepare(raw, out, key=KEY)
    assert first == again
    for path in sorted(out.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert prepare(raw, out, key=KEY) == first
    assert prepare(raw, raw.parent.parent / "elsewhere" / "out", key=KEY) == first
    (raw / "forum.csv").rename(raw / "forum-new.csv")
    text = (raw / "forum-new.csv").read_text("utf-8")
    (raw / "forum-new.csv").write_text(text + '8,,kalle_80,customer,,"Hej igen, jag är tillbaka här med en fråga"\n')
    anew = prepare(raw, out, key=KEY)
    assert anew.sources[0]["rejected"] == {"forgotten": 4}
    assert len(load("utterances", data=out)) == 4


def test_what_is_quoted_from_a_copy_goes_too(raw: Path, out: Path) -> None:
    (raw / "forum.csv").write_text(
        "id,conversation_id,who,speaker_role,published_at,text\n"
        f'1,a,kalle_80,customer,2012-09-11,"{LONGER}"\n2,b,maj,customer,2012-09-12,"{LONGER}"\n'
        f'3,b,bo,customer,2012-09-13,"> {ASKED}.\nJag tycker som du, och jag har väntat ännu längre än så."\n',
        "utf-8",
    )
    prepare(raw, out, key=KEY)
    assert set(load("duplicates", data=out)["how"]) == {"exact", "quoted"}
    forget(speaker_of(out, "Jag har väntat"), out)
    prepare(raw, out, key=KEY)
    assert load("utterances", data=out)["text"].tolist() == [
        f"{MARK}\nJag tycker som du, och jag har väntat ännu längre än så."
    ]
    assert load("duplicates", data=out).empty


def test_forgetting_changes_nobody_elses_ids(raw: Path, out: Path) -> None:
    equal = FORUM + ',,anna,customer,,"Var är mitt paket?"\n,,bertil,customer,,"Var är mitt paket?"\n'
    (raw / "forum.csv").write_text(equal.replace("\n1,", "\n1,", 1), "utf-8")
    prepare(raw, out, key=KEY)
    rows = load("utterances", data=out).set_index("speaker_id")
    twins = rows[rows["text"] == "Var är mitt paket?"]
    forget(str(twins.index[0]), out)
    prepare(raw, out, key=KEY)
    left = load("utterances", data=out).set_index("speaker_id")
    kept = left[left["text"] == "Var är mitt paket?"]  # six words or so are nobody's own
    assert kept["utterance_id"].tolist() == twins["utterance_id"].tolist()[1:]


def test_what_a_firm_says_stays_where_others_say_it(raw: Path, out: Path) -> None:
    said = "Vi är ledsna för dröjsmålet och återkommer till dig inom tjugofyra timmar med ett besked"
    (raw / "forum.csv").write_text(
        f"id,who,speaker_role,text\n1,stina,employee,{said}\n2,per,employee,{said}\n3,bo,customer,{said}\n", "utf-8"
    )
    prepare(raw, out, key=KEY)
    forget(speaker_of(out, "Vi är ledsna", "employee"), out)
    made = prepare(raw, out, key=KEY)
    assert made.sources[0]["rejected"] == {"forgotten": 1}
    assert load("utterances", data=out)["speaker_role"].tolist() == ["employee", "customer"]


@pytest.mark.parametrize("name", ["kalle_80", "@kalle_80", " @kalle_80\n"])
def test_a_raw_name_is_keyed_and_dropped(raw: Path, out: Path, name: str) -> None:
    found = forget(name, out, "forum", key=KEY)
    assert found.ids == (speaker_of(out, "Jag har väntat"),)
    assert "kalle" not in file_beside(out).read_text("utf-8")
    prepare(raw, out, key=KEY)
    assert len(load("utterances", data=out)) == 4


def test_one_who_is_only_spoken_of_is_forgotten_too(raw: Path, out: Path) -> None:
    text = FORUM.replace("till oss så ser vi", "till lisa.berg@example.com eller @lisab så ser vi")
    (raw / "forum.csv").write_text(text, "utf-8")
    prepare(raw, out, key=KEY)
    for name in ("lisa.berg@example.com", "@lisab"):
        forget(name, out, "forum", key=KEY)
    prepare(raw, out, key=KEY)
    greeting = load("utterances", data=out)["text"].iloc[1]
    assert greeting.count(MARK) == 2
    assert len(load("utterances", data=out)) == 7


def test_an_utterance_stands_for_its_speaker_or_itself(raw: Path, out: Path) -> None:
    (raw / "forum.csv").write_text(FORUM + '8,,,customer,,"Ingen har skrivit under det här"\n', "utf-8")
    prepare(raw, out, key=KEY)
    rows = load("utterances", data=out)
    assert forget(rows.loc[0, "utterance_id"], out).ids == (rows.loc[0, "speaker_id"],)
    alone = forget(rows.loc[7, "utterance_id"], out)
    assert alone.ids == (rows.loc[7, "utterance_id"],)
    assert alone.counts["utterances"] == 1
    prepare(raw, out, key=KEY)
    assert rows.loc[7, "utterance_id"] not in set(load("utterances", data=out)["utterance_id"])
    assert forgotten_ids(out) == tuple(sorted([rows.loc[7, "utterance_id"], rows.loc[0, "speaker_id"]]))
    assert not forget(rows.loc[7, "utterance_id"], out).changed


def test_it_can_be_taken_back(raw: Path, out: Path) -> None:
    before = manifest(out)
    kalle = speaker_of(out, "Jag har väntat")
    forget(kalle, out)
    prepare(raw, out, key=KEY)
    assert "Remembered before" in str(forget(kalle, out))
    assert "No longer" in str(forget(kalle, out, undo=True))
    assert not file_beside(out).exists()
    assert prepare(raw, out, key=KEY) == before
    with pytest.raises(ScsrError, match="--list"):
        forget(kalle, out, undo=True)


PAGE = """<html><body><div class="post hentry"><h2 class="entry-title">Om att svara i tid</h2>
<div class="entry-meta">Publicerat den 14 mars 2010 av <span class="author">Maja Ek</span></div>
<div class="entry-content"><p>Kunder väntar längre än vad vi i kundtjänsten tror, och de flesta hör aldrig av sig.</p>
</div></div><div id="comments"><h3>2 kommentarer</h3><ol class="comment-list">
<li class="comment" id="comment-1"><div class="comment-author vcard"><cite class="fn">Kund i Kiruna</cite></div>
<div class="comment-meta">15 mars 2010 kl. 09:30</div>
<p>Jag fick vänta i elva dagar, Maja Ek, på ett svar som inte sade något.</p></li>
<li class="comment" id="comment-2"><div class="comment-author vcard"><cite class="fn">Maja Ek</cite></div>
<div class="comment-meta">15 mars 2010 kl. 11:00</div>
<p>Det var inte bra, hör av dig till mig så ser vi vad som hände.</p></li></ol></div></body></html>"""


def test_a_page_saved_anew_does_not_bring_its_writer_back(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "sources.toml").write_text(
        '[[source]]\nname = "pages"\npath = "*.html"\nreader = "page"\nlicence = "MIT"\nsynthetic = true\n'
        'timezone = "Europe/Stockholm"\n'
    )
    (raw / "a.html").write_text(PAGE, "utf-8")
    prepare(raw, out)
    forget("maja ek", out, "pages")
    (raw / "a.html").unlink()
    (raw / "b.html").write_text(PAGE.replace("<body>", "<body><p>Om bloggen</p>"), "utf-8")
    made = prepare(raw, out)
    rows = load("utterances", data=out)
    assert len(rows) == 1
    assert rows.loc[0, "text"].startswith(f"Jag fick vänta i elva dagar, {MARK}")
    assert pd.isna(rows.loc[0, "reply_to"])
    account = made.sources[0]
    assert account["rejected"] == {"forgotten": 2}
    assert account["characters"]["reject:forgotten"] > 100
    assert sum(account["characters"].values()) == account["n_visible"]


# the file


def test_the_file_is_sorted_and_keeps_what_other_keys_hold(tmp_path: Path) -> None:
    file = tmp_path / "config" / "forgotten.toml"
    write_forgotten(file, "bb", Forgotten(frozenset({"b", "a"})))
    write_forgotten(file, "aa", Forgotten(utterances=frozenset({"u"})))
    text = file.read_text("utf-8")
    assert text.index('["aa"]') < text.index('["bb"]')
    assert text.index('"a"') < text.index('"b"')
    public = read_forgotten([file], "aa", synthetic=True)
    assert public == Forgotten(utterances=frozenset({"u"}))
    write_forgotten(file, "aa", Forgotten())
    assert read_forgotten([file], "bb", synthetic=False).speakers == {"a", "b"}
    assert [path.name for path in file.parent.iterdir()] == ["forgotten.toml"]


def test_another_key_or_a_damaged_file_is_an_error(raw: Path, out: Path) -> None:
    forget(speaker_of(out, "Jag har väntat"), out)
    with pytest.raises(ScsrError, match=f"under the key {fingerprint(KEY)}"):
        prepare(raw, out.parent / "other", key=b"another key of the tests, longer")
    file_beside(out).write_text("[", "utf-8")
    with pytest.raises(ScsrError, match="mend it"):
        prepare(raw, out, key=KEY)


@pytest.mark.parametrize(
    ("identity", "source", "said"),
    [
        ("0" * 32, None, "no speaker_id and no utterance_id"),
        ("kalle_80", None, "say with --source where the name stands: forum, outcomes, shares"),
        ("kalle_80", "forums", "there is no source 'forums'"),
        ("kalle_81", "forum", "nobody of that name writes in source 'forum'"),
    ],
)
def test_whom_nobody_knows_is_said_with_the_remedy(out: Path, identity: str, source: str | None, said: str) -> None:
    with pytest.raises(ScsrError, match=said):
        forget(identity, out, source, key=KEY)
    assert not file_beside(out).exists()
    with pytest.raises(ScsrError, match="this is"):
        forget("kalle_80", out, "forum", key=b"another key of the tests, longer")


def test_the_mark_is_a_placeholder_of_nobody() -> None:
    assert PLACEHOLDER.fullmatch(MARK)


# the command line


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["scsr", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_forget_prepare_and_status_by_the_command_line(
    raw: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from scsr.reports.freshness import inputs

    monkeypatch.chdir(raw.parent.parent)
    monkeypatch.delenv("SCSR_DATA", raising=False)
    monkeypatch.setenv("SCSR_KEY", KEY.decode())
    before = inputs(["utterances", "duplicates"], out)
    assert run(monkeypatch, "forget", speaker_of(out, "Jag har väntat")) == 0
    assert "Run `scsr prepare`" in capsys.readouterr().out
    assert run(monkeypatch, "forget", "--list") == 0
    assert capsys.readouterr().out.startswith("1 to be forgotten\n")
    monkeypatch.setattr("sys.stdin.readline", lambda: "@ina\n", raising=False)
    assert run(monkeypatch, "forget", "-", "--source", "forum") == 0
    assert "ina" not in capsys.readouterr().out.replace("utterances", "")
    assert run(monkeypatch, "prepare") == 0
    assert "forgotten" in capsys.readouterr().out
    assert inputs(["utterances", "duplicates"], out) != before  # which makes every report of them stale
    assert run(monkeypatch, "forget", "nobody") == 2
    assert "--source" in capsys.readouterr().err
