"""Feed prepare with broken files: ``python tests/fuzz.py [N] [--seed S]``.

Valid seeds of every reader are mutated, N times in all, and run through :func:`scsr.corpus.prepare.prepare` in
folders of a few hundred. What must hold: no exception but ``ScsrError``; read = rows + rejects in every account,
and every file seen; 10 s a file; 1 GB of memory. A folder that fails is run again file by file, to name the
mutant, which is kept.
"""
# ruff: noqa: E501

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from scsr.corpus.prepare import prepare
from scsr.corpus.readers import Source, read
from scsr.errors import ScsrError

MAX_SECONDS = 10.0
MAX_BYTES = 1 << 30
BATCH = 250
USUAL = 200_000
"""Bytes that a mutant seldom exceeds, so that time goes into many and not into large ones."""

KEY = bytes(range(32))

Rng = random.Random


# seeds: a small valid file of every kind

PAGE = """<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>Garnboden</title></head><body>
<nav><a href="/">Hem</a> <a href="/om">Om oss</a></nav><article class="post"><h2 class="entry-title">Åter öppet</h2>
<time datetime="2012-09-11T13:05:00+02:00">11 september 2012</time><div class="entry-content"><p>Nu är butiken öppen igen
efter sommaren, och alla är välkomna in på kaffe.</p><blockquote>Kaffet är gott</blockquote></div>
<ol class="comments"><li class="comment" id="comment-3"><cite>Ulla</cite> 12 september 2012 kl. 09.10<p>Vad roligt, jag kommer!</p>
</li></ol></article><footer>Drivs med kaffe</footer></body></html>"""

PAGE_TEXT = """Tirsdag 11. september 2012
Åpent igjen
Nå er butikken åpen etter sommeren, og alle er velkommen innom på kaffe.
Lagt inn av Kari kl. 13:05
2 kommentarer:
Solveig sa...
Så hyggelig, jeg kommer!
12. september 2012 kl. 09:10
"""

CSV = """id;Omdöme;datum;betyg;published_at;n_followers
1;"Lång väntan; inget svar";2012-09-11;1,5;11.09.2012;1 200
2;"Snabbt svar, ""tack""\nsa hon";2012-09-12;4,0;13.09.2012;3
3;Helt okej;2012-09-13;3,0;14.09.2012 13:05;
"""

COMMA = """utterance_id,reply_to,speaker_id,published_at,company,text
a,,Kari,2012-09-11T10:00:00Z,Lyngposten,Hvor blir det av pakken min?
b,a,Lyngposten,2012-09-11T12:30:00Z,Lyngposten,"Den er på vei, hilsen Per"
"""

OUTCOMES = """speaker_id,company,outcome,value,observed_from,observed_until
1,Lyngposten,churn,1,2012-01-01,2013-01-01
2,Lyngposten,nps,7,2012-01-01,2013-01-01
"""

CASCADES = "magnitude,time,user,cascade\n58,0.0,2984,1\n10,1800,77,1\n3,12.5,5,2\n"

TWEETS = """tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
1,Lyngbanken,False,Tue Oct 31 22:10:47 +0000 2017,@7 Hei! Send oss en melding,,2
2,7,True,Tue Oct 31 22:08:27 +0000 2017,@Lyngbanken kortet mitt er sperret,1,
"""

JSONL = "".join(
    json.dumps(row, ensure_ascii=False) + "\n"
    for row in (
        {"text": "Þjónustan var góð", "user": {"id": 3, "name": "Jóna"}, "published_at": "2012-09-11T13:05:00Z"},
        {"text": "Beið í viku", "user": {"id": 4, "name": None}, "n_followers": 12, "tags": ["a", "b"]},
    )
)

WXR = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Garn</title><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>http://garn.example</wp:base_blog_url><wp:author><wp:author_id>1</wp:author_id><wp:author_login>eva</wp:author_login>
</wp:author><item><title>Ny sending</title><dc:creator>eva</dc:creator><content:encoded><![CDATA[<!-- wp:paragraph --><p>Garnet er her
&amp; det er [b]fint[/b].</p>[caption id="x"]<img src="a.jpg"/> Blått[/caption]]]></content:encoded><wp:post_id>3</wp:post_id>
<wp:post_date>2012-09-11 13:05:00</wp:post_date><wp:post_date_gmt>2012-09-11 11:05:00</wp:post_date_gmt><wp:status>publish</wp:status>
<wp:post_type>post</wp:post_type><wp:comment><wp:comment_id>8</wp:comment_id><wp:comment_author><![CDATA[Liv]]></wp:comment_author>
<wp:comment_date_gmt>2012-09-12 06:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[Så bra, hilsen Liv]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment></item>
<item><title>Utkast</title><wp:post_id>4</wp:post_id><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>
"""

ATOM = """<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'
 xmlns:thr='http://purl.org/syndication/thread/1.0'><id>tag:blogger.com,1999:blog-5</id><title>Prjón</title><entry>
<id>tag:blogger.com,1999:blog-5.post-1</id><published>2012-09-11T13:05:00.001+02:00</published>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>
<title type='text'>Ný peysa</title><content type='html'>&lt;p&gt;Hún er tilbúin.&lt;br /&gt;Loksins!&lt;/p&gt;</content>
<author><name>Guðrún</name></author></entry><entry><id>tag:blogger.com,1999:blog-5.post-2</id>
<published>2012-09-12T13:05:00.001+02:00</published><content type='html'>Mjög falleg</content><author><name>Jóna</name></author>
<thr:in-reply-to ref='tag:blogger.com,1999:blog-5.post-1'/></entry></feed>
"""

RSS = """<rss version="2.0"><channel><title>Nytt</title><item><title>Svar</title><link>http://a.example/1</link>
<pubDate>Tue, 11 Sep 2012 13:05:00 +0200</pubDate><description><![CDATA[<p>Vi svarer innen &eacute;n dag.</p>]]></description></item>
</channel></rss>
"""

CONVOKIT = "".join(
    json.dumps(row) + "\n"
    for row in (
        {"id": "a", "conversation_id": "a", "reply-to": None, "speaker": "kari", "timestamp": 1347361500, "text": "Hvor er pakken?",
         "meta": {"company": "Lyngposten"}},
        {"id": "b", "conversation_id": "a", "reply-to": "a", "speaker": "post", "timestamp": 1347365100, "text": "På vei!", "meta": {}},
    )
)  # fmt: skip
SPEAKERS = json.dumps(
    {"kari": {"meta": {"speaker_role": "customer"}, "vectors": []}, "post": {"meta": {}, "vectors": []}}
)


ARCHIVE = (
    'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="--x"\r\n\r\n----x\r\n'
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + PAGE + "\r\n----x--\r\n"
)


def parquet() -> bytes:
    """Write a table of odd types."""
    import datetime as dt
    import decimal
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    made = pa.table(
        {
            "text": ["Bra service", None, "Väntade länge"],
            "at": pa.array([dt.datetime(2012, 9, 11), None, dt.datetime(2013, 1, 1)], pa.timestamp("ns", "UTC")),
            "sum": [decimal.Decimal("1.50"), None, decimal.Decimal("-3.25")],
            "who": [{"id": 1}, {"id": 2}, None],
            "tags": pa.array(["x", "y", "x"]).dictionary_encode(),
            "list": [["a"], [], None],
            "raw": [b"\xff\x00", b"", None],
        }
    )
    stream = io.BytesIO()
    pq.write_table(made, stream)
    return stream.getvalue()


def seeds() -> dict[str, tuple[str, bytes]]:
    """Name to suffix and content."""
    texts = {
        "page": (".html", PAGE), "saved": (".txt", PAGE_TEXT), "archive": (".mhtml", ARCHIVE), "semicolon": (".csv", CSV), "comma": (".csv", COMMA),
        "outcomes": (".csv", OUTCOMES), "cascades": (".csv", CASCADES), "tweets": (".csv", TWEETS), "lines": (".jsonl", JSONL),
        "array": (".json", "[" + ",\n".join(JSONL.splitlines()) + "]"), "wxr": (".xml", WXR), "atom": (".xml", ATOM),
        "rss": (".xml", RSS), "convokit": (".jsonl", CONVOKIT),
    }  # fmt: skip
    return {name: (suffix, text.encode()) for name, (suffix, text) in texts.items()} | {
        "parquet": (".parquet", parquet())
    }


# mutations: bytes in, bytes out

NASTY = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\x1a", b"\x85", b"\xe2\x80\xa8", b'"', b'""', b"'", b"\\", b"\\u0000",
    b"\\ud800", b";", b",", b"\t", b"|", b"<", b">", b"</", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"&", b"&#0;", b"&#xD800;", b"&#99999999;",
    b"&a;", b"<?", b"?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"{", b"}", b"[", b"]", b"null", b"NaN", b"Infinity", b"1e999", b"-0",
    b"9" * 400, b"9" * 5000, b"0000-00-00 00:00:00", b"9999-12-31T23:59:59Z", b"0001-01-01", b"2012-02-30", b"13/13/2012", b"41163",
    b"1347361500", b"=cmd|' /C calc'!A0", b"@SUM(1)", b"..//..//x", b"<div>" * 300, b"<item>", b"</item>", b"<entry>", b"<rss ", b"<feed ",
    b"PAR1", b"\x1f\x8b\x08", b"PK\x03\x04", b"sep=;\n", "ß\u0301\u202e\U0001f600".encode(), b"xmlns:wp=''", b"encoding='idna'", b"charset=utf-7",
]  # fmt: skip


def flip(data: bytes, rng: Rng) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        if made:
            made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def cut(data: bytes, rng: Rng) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.8 else data[at:]


def drop(data: bytes, rng: Rng) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 5, 50, 500))
    return data[:at] + data[at + size :]


def double(data: bytes, rng: Rng) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 5, 50, 500))
    return data[: at + size] + data[at : at + size] * rng.choice((1, 2, 30)) + data[at + size :]


def insert(data: bytes, rng: Rng) -> bytes:
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(NASTY) * rng.choice((1, 1, 1, 2, 50)) + data[at:]
    return data


def noise(data: bytes, rng: Rng) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.randbytes(rng.choice((1, 4, 64, 600))) + data[at + rng.choice((0, 4, 64)) :]


def recode(data: bytes, rng: Rng) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp865", "mac_roman", "utf-7", "utf-8-sig")),
        "replace",
    )


def tokens(data: bytes, rng: Rng) -> bytes:
    """Swap, drop, double or blow up what stands between the marks of the format."""
    marks = rng.choice((b"\n", b";", b",", b"<", b">", b'"', b"{", b":"))
    parts = data.split(marks)
    for _ in range(rng.choice((1, 2, 6))):
        at = rng.randrange(len(parts))
        deed = rng.randrange(5)
        if deed == 0:
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        elif deed == 1 and len(parts) > 1:
            parts.pop(at)
        elif deed == 2:
            parts.insert(at, parts[at])
        elif deed == 3:
            parts[at] = rng.choice(NASTY)
        else:
            parts[at] = parts[at][:20_000] * rng.choice((2, 100))
    return marks.join(parts)[:1_000_000]


def nest(data: bytes, rng: Rng) -> bytes:
    tag = rng.choice((b"<div>", b"<p>", b"<blockquote>", b"[", b'{"a":', b"<item>", b"<table><tr><td>", b"<b>"))
    at = rng.randrange(len(data) + 1)
    return data[:at] + tag * rng.choice((10, 300, 3000)) + data[at:]


def tail(data: bytes, rng: Rng) -> bytes:
    return data + (rng.choice(NASTY) * rng.choice((1, 1000, 20_000)))[:2_000_000]


MUTATIONS: tuple[Callable[[bytes, Rng], bytes], ...] = (
    flip,
    cut,
    drop,
    double,
    insert,
    noise,
    recode,
    tokens,
    nest,
    tail,
)


def mutant(number: int, seed: int, known: dict[str, tuple[str, bytes]]) -> tuple[str, str, bytes]:
    """Seed, file name and content of one mutant; the same for the same number and seed."""
    rng = random.Random(seed * 1_000_003 + number)
    name = sorted(known)[number % len(known)]
    suffix, data = known[name]
    if rng.random() < 0.1:  # splice two kinds
        other = known[rng.choice(sorted(known))][1]
        data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
    for _ in range(rng.choice((1, 1, 2, 3))):
        data = rng.choice(MUTATIONS)(data, rng)[:8_000_000]
    if len(data) > USUAL and rng.random() < 0.98:
        data = data[:USUAL]
    if rng.random() < 0.05:
        suffix = rng.choice((".csv", ".html", ".txt", ".xml", ".jsonl", ""))
    if name == "convokit" and rng.random() < 0.5:
        return name, f"{number:06d}/utterances.jsonl", data
    return name, f"{number:06d}-{name}{suffix}", data


# runs

STATED = {
    "page": "page", "saved": "page", "archive": "page", "semicolon": "table", "comma": "table", "lines": "table", "array": "table", "wxr": "wxr",
    "atom": "atom", "rss": "atom", "convokit": "convokit", "tweets": "twcs", "cascades": "cascades", "parquet": "table",
    "outcomes": "table",
}  # fmt: skip
"""The reader that is stated for the mutants of each seed, whatever became of them."""


@dataclass
class Found:
    """What the runs over some mutants showed; seconds are of processor time."""

    n: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    peak: int = 0
    n_rows: int = 0
    n_rejects: int = 0
    n_refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Add what other runs showed."""
        for name in ("n", "seconds", "n_rows", "n_rejects", "n_refused", "reasons", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest, self.peak = max(self.slowest, other.slowest), max(self.peak, other.peak)


def source_of(kind: str, path: str) -> Source:
    """State the source of the mutants of one seed."""
    table = {"cascades": "shares", "outcomes": "outcomes"}.get(kind, "utterances")
    columns = {"text": "Omdöme"} if kind == "semicolon" else {}
    return Source(kind, path, STATED[kind], synthetic=True, table=table, timezone="Europe/Oslo", columns=columns)


def toml_of(source: Source) -> str:
    """Write a source as an entry of sources.toml."""
    entry = f'[[source]]\nname = "{source.name}"\npath = "{source.path}"\nreader = "{source.reader}"\nlicence = "MIT"\n'
    entry += f'synthetic = true\ntable = "{source.table}"\ntimezone = "Europe/Oslo"\n'
    return entry + ('[source.columns]\ntext = "Omdöme"\n' if source.columns else "")


def run(raw: Path, n_files: int, found: Found, may_refuse: bool = False) -> str | None:
    """Run prepare on one folder; say what is wrong, if anything is."""
    out = raw.with_name(raw.name + "-out")
    try:
        made = prepare(raw, out, key=KEY)
    except ScsrError as error:
        found.n_refused += 1
        return None if may_refuse and "fault of scsr" not in str(error) else f"refused: {error}"
    except Exception as error:  # the very thing that is looked for
        return f"{type(error).__name__}: {str(error)[:300]}"
    finally:
        shutil.rmtree(out, ignore_errors=True)
    for account in made.sources:
        if account["n_read"] != account["n_rows"] + account["n_rejects"]:
            return f"the account of {account['name']} does not add up"
        found.n_rows += account["n_rows"]
        found.n_rejects += account["n_rejects"]
        found.reasons.update(account["rejected"])
    return None if made.totals["n_files"] == n_files else f"{n_files} files, {made.totals['n_files']} of them seen"


def write_batch(folder: Path, numbers: range, seed: int) -> dict[Path, str]:
    """Write mutants into a folder, to the seed of each; ConvoKit's get their speakers beside them."""
    known = seeds()
    made = {}
    for number in numbers:
        kind, name, data = mutant(number, seed, known)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        made[path] = kind
        if path.name == "utterances.jsonl":
            rng = random.Random(number)
            speakers = SPEAKERS.encode()
            (path.parent / "speakers.json").write_bytes(flip(speakers, rng) if rng.random() < 0.5 else speakers)
    return made


def run_batch(numbers: range, seed: int, keep: str) -> Found:
    """Run one batch: readers chosen by content, or in every other batch stated, for the files that they take."""
    logging.disable(logging.CRITICAL)  # of an extractor that is given nothing to extract
    found = Found(n=len(numbers))
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        raw = Path(scratch) / "raw"
        raw.mkdir()
        files = write_batch(raw, numbers, seed)
        started = time.process_time()
        chosen = numbers.start // BATCH % 2 == 0
        problem = run(raw, len(files), found) if chosen else run_stated(files, raw, found)
        found.seconds = time.process_time() - started
        # no file of a batch that took less can have taken more
        found.slowest = min(found.seconds, MAX_SECONDS)
        if problem or found.seconds > MAX_SECONDS:
            blame(files, Path(scratch), problem, found, Path(keep))
    found.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


def run_stated(files: dict[Path, str], raw: Path, found: Found) -> str | None:
    """Read every file with the reader of its seed, then prepare those together that were not refused."""
    stated = raw.with_name("stated")
    stated.mkdir()
    taken = [path for path, kind in files.items() if state(path, kind, stated, found)]
    if not taken:
        return None
    text = "".join(toml_of(source_of(kind, f"*{kind}.file")) for kind in sorted({files[path] for path in taken}))
    (stated / "sources.toml").write_text(text, "utf-8")
    return run(stated, len(taken), found)


def state(path: Path, kind: str, stated: Path, found: Found) -> bool:
    """Read one file with the reader that is stated for it; whether it takes it, and then it is put with the others."""
    try:
        for _ in read(source_of(kind, "*"), path.parent, [path]):
            pass
    except ScsrError:
        found.n_refused += 1
        return False
    except Exception as error:
        found.faults.append(f"{path.name}, reader {STATED[kind]}: {type(error).__name__}: {str(error)[:300]}")
        return False
    (stated / f"{path.relative_to(stated.with_name('raw')).parts[0][:6]}-{kind}.file").write_bytes(path.read_bytes())
    return True


def blame(files: dict[Path, str], scratch: Path, problem: str | None, found: Found, keep: Path) -> None:
    """Run every file by itself, keep what fails or is slow, and say so."""
    before = len(found.faults)
    for path, kind in files.items():
        for stated in (False, True):
            alone = scratch / "alone"
            (alone / "raw").mkdir(parents=True)
            shutil.copy(path, alone / "raw" / (f"x-{kind}.file" if stated else path.name))
            if stated:
                (alone / "raw" / "sources.toml").write_text(toml_of(source_of(kind, "x-*")), "utf-8")
            started = time.process_time()
            fault = run(alone / "raw", 1, Found(), may_refuse=stated)
            seconds = time.process_time() - started
            found.slowest = max(found.slowest, seconds)
            if seconds > MAX_SECONDS:
                fault = f"{seconds:.1f} s"
            if fault:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, keep / path.relative_to(scratch / "raw").as_posix().replace("/", "-"))
                found.faults.append(f"{path.relative_to(scratch)} ({'stated' if stated else 'chosen'}): {fault}")
            shutil.rmtree(alone)
    if problem and len(found.faults) == before:
        found.faults.append(f"a batch, but none of its files alone: {problem}")


def fuzz(n: int, seed: int, keep: str, workers: int = 1) -> Found:
    """Run n mutants in batches, each batch in a process that may die without harm."""
    total = Found()
    batches = [range(start, min(start + BATCH, n)) for start in range(0, n, BATCH)]
    context = multiprocessing.get_context("spawn")
    for at in range(0, len(batches), 20):
        group = batches[at : at + 20]
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            for batch, future in [(batch, pool.submit(run_batch, batch, seed, keep)) for batch in group]:
                try:
                    total.add(future.result())
                except BrokenProcessPool:
                    total.faults.append(f"mutants {batch.start} to {batch.stop}: the process died")
        print(
            f"{total.n} files, {total.seconds:.0f} s, {total.n_rows} rows, {total.n_rejects} rejects, {total.n_refused} refused, "
            f"slowest <= {total.slowest:.1f} s, peak {total.peak / 2**20:.0f} MB, {len(total.faults)} faults",
            flush=True,
        )
    return total


def main() -> int:
    """Run from the command line; 0 where all held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("n", nargs="?", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default=str(Path(tempfile.gettempdir()) / "scsr-fuzz"))
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    found = fuzz(options.n, options.seed, options.keep, options.workers)
    for reason, count in sorted(found.reasons.items(), key=lambda pair: -pair[1]):
        print(f"  {reason}: {count}")
    for fault in found.faults[:100]:
        print(f"FAULT {fault}")
    if found.peak > MAX_BYTES:
        print(f"FAULT peak memory {found.peak / 2**20:.0f} MB")
    return 1 if found.faults or found.peak > MAX_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
