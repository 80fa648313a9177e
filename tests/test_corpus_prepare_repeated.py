"""Lines that begin or end the posts of many pages of a site are furniture, learnt from the pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scsr.corpus.prepare import describe, prepare, run
from scsr.corpus.store import Manifest, load

STATED = (
    '[[source]]\nname = "pages"\npath = "*.html"\nreader = "page"\nlicence = "MIT"\nsynthetic = true\n'
    'timezone = "Europe/Stockholm"\n'
)
WORDS = ["kund", "svar", "butik", "brev", "telefon", "vecka", "faktura", "kvitto", "morgon", "tåg", "skor", "avtal"]
FOLLOW = "Hoppas vi ses igen här på bloggen, ha det gott så länge"
READ = "Det här inlägget har lästs {} gånger"


def prose(rng: np.random.Generator) -> str:
    return " ".join(" ".join(rng.choice(WORDS, 12)).capitalize() + "." for _ in range(3))


def page(title: str, paragraphs: list[str], host: str = "", day: int = 1, comment: str = "") -> str:
    link = f'<link rel="canonical" href="https://{host}/{day}">' if host else ""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    below = (
        '<div id="comments"><h3>1 kommentar</h3><ol><li class="comment"><cite class="fn">Ina</cite>'
        f'<div class="comment-meta">15 mars 2010 kl. 09:30</div><p>{comment}</p></li></ol></div>'
    )
    return (
        f"<html><head>{link}</head><body><div class='post hentry'><h2 class='entry-title'>{title}</h2>"
        f"<div class='entry-meta'>Publicerat den {day} mars 2010</div><div class='entry-content'>{body}</div></div>"
        f"{below if comment else ''}</body></html>"
    )


def write(raw: Path, pages: dict[str, str]) -> Path:
    raw.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (raw / f"{name}.html").write_text(text, "utf-8")
    (raw / "sources.toml").write_text(STATED, "utf-8")
    return raw


def prepared(raw: Path, out: Path, workers: int = 1) -> tuple[Manifest, list[str]]:
    made = prepare(raw, out, workers=workers)
    return made, load("utterances", data=out)["text"].tolist()


def blog(n: int, rng: np.random.Generator) -> dict[str, str]:
    return {
        f"p{k:02d}": page(f"Inlägg {k}", [prose(rng), prose(rng), FOLLOW, READ.format(k * 7)], day=k + 1,
                          comment=f"Bra skrivet om {WORDS[k % 12]}, det tycker jag med.")
        for k in range(n)
    }  # fmt: skip


def test_what_ends_the_posts_of_many_pages_is_furniture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write(tmp_path / "raw", blog(8, np.random.default_rng(1)))
    made, texts = prepared(raw, tmp_path / "out")
    account = made.sources[0]
    assert len(texts) == 16
    assert not any("Hoppas" in text or "lästs" in text for text in texts)
    assert all(len(text.split()) > 30 for text in texts[::2])
    assert account["characters"]["furniture:repeated"] == sum(
        len("".join((FOLLOW + READ.format(k * 7)).split())) for k in range(8)
    )
    assert sum(account["characters"].values()) == account["n_visible"]
    assert account["learnt"] == {"n_lines": 2, "n_pages": 8}
    said = "\n".join(describe(made))
    assert "learnt as furniture (rule repeated): 2 lines that begin or end posts, on 8 pages" in said
    assert "Hoppas" not in said
    # the same with any number of workers, any names of files and any order
    monkeypatch.setattr(run, "CHUNK_PAGES", 3)
    assert prepared(raw, tmp_path / "two", workers=2)[1] == texts
    for k, file in enumerate(sorted(raw.glob("*.html"), reverse=True)):
        file.rename(raw / f"x{k}.html")
    assert sorted(prepared(raw, tmp_path / "other")[1]) == sorted(texts)


def test_learning_changes_no_id(tmp_path: Path) -> None:
    pages = blog(8, np.random.default_rng(1))
    prepared(write(tmp_path / "few", dict(list(pages.items())[:3])), tmp_path / "out1")
    prepared(write(tmp_path / "many", pages), tmp_path / "out2")
    few, many = (
        load("utterances", data=tmp_path / name).set_index("utterance_id")["text"] for name in ("out1", "out2")
    )
    assert set(few.index) <= set(many.index)
    assert FOLLOW in few.iloc[0]  # three pages teach nothing


@pytest.mark.parametrize(
    "pages",
    [
        {f"s{k}": page("Ett och samma", ["Samma inlägg, sparat många gånger om.", FOLLOW]) for k in range(7)},
        {"one": page("Ensam", [f"{WORDS[k]} ".capitalize() * 8 + f"\n{FOLLOW}" for k in range(9)])},
        {f"r{k}": page(f"Inlägg {k}", [prose(np.random.default_rng(k)), *([FOLLOW] if k < 5 else [])], day=k + 1)
         for k in range(27)},
        {f"w{k}": page(f"Inlägg {k}", [FOLLOW], day=k + 1) for k in range(7)},
        {f"h{k}": page(f"Inlägg {k}", [prose(np.random.default_rng(k)), FOLLOW], f"blog{k % 3}.example", k + 1)
         for k in range(12)},
        {f"c{k}": page(f"Inlägg {k}", [prose(np.random.default_rng(k))], day=k + 1, comment=FOLLOW) for k in range(7)},
    ],
    ids=["one post saved often", "one page", "too small a share", "whole texts", "many sites", "comments"],
)  # fmt: skip
def test_what_is_repeated_otherwise_stays(tmp_path: Path, pages: dict[str, str]) -> None:
    made, texts = prepared(write(tmp_path / "raw", pages), tmp_path / "out")
    assert any(FOLLOW in text for text in texts)
    assert "furniture:repeated" not in made.sources[0]["characters"]


def test_a_site_is_the_host_where_pages_say_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pages = {f"a{k}": page(f"Inlägg {k}", [prose(rng), FOLLOW], "www.ett.example", k + 1) for k in range(6)}
    pages |= {f"b{k}": page(f"Annat {k}", [prose(rng)], "tva.example", k + 1) for k in range(25)}
    pages |= {"b99": page("Annat 99", [prose(rng), FOLLOW], "tva.example", 30)}
    _, texts = prepared(write(tmp_path / "raw", pages), tmp_path / "out")
    assert sum(FOLLOW in text for text in texts) == 1  # there it ends one post of many


def test_sign_offs_of_a_table_are_counted_and_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    ends = ["Skickat från min iPhone 4", "skickat från min  iPhone 5", ""]
    rows = [f'{k},{"firm" if k < 4 else "customer"},"{prose(rng)}\n{ends[k % 3]}"' for k in range(30)]
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "log.csv").write_text("utterance_id,speaker_role,text\n" + "\n".join(rows) + "\n", "utf-8")
    (raw / "sources.toml").write_text(STATED.replace("*.html", "log.csv").replace('"page"', '"table"'), "utf-8")
    made, texts = prepared(raw, tmp_path / "out")
    assert made.sources[0]["sign_offs"] == {"n_lines": 1, "n_texts": 17}
    assert "1 sign-off ends 17 texts" in "\n".join(describe(made))
    assert sum("iPhone" in text for text in texts) == 20
