"""Exports: WordPress, Blogger, feeds and ConvoKit. What is published is a record; the rest is a reject that says so."""
# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scsr.corpus.readers import RawRecord, Reject, Source, choose_sources, matching_files, read
from scsr.corpus.readers.feeds import feed_stamp
from scsr.corpus.readers.markup import plain_text
from scsr.corpus.readers.wxr import without_shortcodes
from scsr.errors import SourceError

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file; <item> in a comment is none. -->
<!-- generator="WordPress/3.4.1" created="2012-09-20 10:00" -->
<rss version="2.0"
  xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:wfw="http://wellformedweb.org/CommentAPI/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/{version}/">
<channel>
  <title>Garnkroken</title>
  <link>http://garnkroken.example</link>
  <language>nb-NO</language>
  <wp:wxr_version>{version}</wp:wxr_version>
  <wp:base_site_url>http://garnkroken.example</wp:base_site_url>
  <wp:base_blog_url>http://garnkroken.example/blogg</wp:base_blog_url>
  <wp:author><wp:author_id>2</wp:author_id><wp:author_login>Ragnhild</wp:author_login>
    <wp:author_email>ragnhild@garnkroken.example</wp:author_email>
    <wp:author_display_name><![CDATA[Ragnhild på Garnkroken]]></wp:author_display_name></wp:author>
  <wp:category><wp:cat_name><![CDATA[Garn & pinner]]></wp:cat_name></wp:category>
"""
TAIL = "</channel>\n</rss>\n"


def item(
    number: int = 7,
    text: str = "Nå er garnet kommet.",
    *,
    title: str = "Nytt garn",
    status: str = "publish",
    kind: str = "post",
    gmt: str = "2012-09-11 11:05:00",
    comments: str = "",
    more: str = "",
) -> str:
    return f"""<item>
  <title>{title}</title>
  <link>http://garnkroken.example/blogg/?p={number}</link>
  <pubDate>Tue, 11 Sep 2012 11:05:00 +0000</pubDate>
  <dc:creator><![CDATA[ragnhild]]></dc:creator>
  <guid isPermaLink="false">http://garnkroken.example/blogg/?p={number}</guid>
  <description></description>
  <content:encoded><![CDATA[{text}]]></content:encoded>
  <excerpt:encoded><![CDATA[]]></excerpt:encoded>
  <wp:post_id>{number}</wp:post_id>
  <wp:post_date>2012-09-11 13:05:00</wp:post_date>
  <wp:post_date_gmt>{gmt}</wp:post_date_gmt>
  <wp:status>{status}</wp:status>
  <wp:post_parent>0</wp:post_parent>
  <wp:post_type>{kind}</wp:post_type>
  <wp:post_password></wp:post_password>{more}
  <category domain="category" nicename="garn"><![CDATA[Garn & pinner]]></category>
  <wp:postmeta><wp:meta_key>_edit_last</wp:meta_key><wp:meta_value><![CDATA[2]]></wp:meta_value></wp:postmeta>
{comments}</item>
"""


def comment(
    number: int, text: str = "Tusen takk!", *, approved: str = "1", kind: str = "", parent: int = 0, who: str = "Solveig", user: int = 0,
    email: str = "",
) -> str:  # fmt: skip
    return f"""<wp:comment>
  <wp:comment_id>{number}</wp:comment_id>
  <wp:comment_author><![CDATA[{who}]]></wp:comment_author>
  <wp:comment_author_email>{email}</wp:comment_author_email>
  <wp:comment_author_url></wp:comment_author_url>
  <wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>
  <wp:comment_date>2012-09-12 08:00:00</wp:comment_date>
  <wp:comment_date_gmt>2012-09-12 06:00:00</wp:comment_date_gmt>
  <wp:comment_content><![CDATA[{text}]]></wp:comment_content>
  <wp:comment_approved>{approved}</wp:comment_approved>
  <wp:comment_type>{kind}</wp:comment_type>
  <wp:comment_parent>{parent}</wp:comment_parent>
  <wp:comment_user_id>{user}</wp:comment_user_id>
</wp:comment>
"""


def wxr(*items: str, version: str = "1.2", tail: str = TAIL) -> str:
    return HEAD.format(version=version) + "".join(items) + tail


def parsed(tmp_path: Path, text: str | bytes, reader: str = "wxr", **more: object) -> list[RawRecord | Reject]:
    (tmp_path / "export.xml").write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(Source("export", "export.xml", reader, **more), tmp_path))


def rows(found: list[RawRecord | Reject]) -> list[dict[str, str]]:
    return [dict(one.values) for one in found if isinstance(one, RawRecord)]


def reasons(found: list[RawRecord | Reject]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Reject)]


# WordPress


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_a_post_and_its_comments(tmp_path: Path, version: str) -> None:
    talk = (
        comment(31, "Lurer på fargen.\n\nFinnes den i blått?", email="Solveig@example.com")
        + comment(32, "Ja, fra mandag.", who="Ragnhild", user=2, parent=31)
        + comment(33, "Så fint", who="Solveig", email="solveig@example.com", parent=32)
    )
    text = "<!-- wp:paragraph --><p>Nå er garnet <b>kommet</b>.</p><!-- /wp:paragraph -->\n\nKom innom &amp; se."
    post, first, second, third = rows(parsed(tmp_path, wxr(item(text=text, comments=talk), version=version)))
    assert post == {
        "utterance_id": "garnkroken.example/blogg#post-7",
        "conversation_id": "garnkroken.example/blogg#post-7",
        "kind": "post", "channel": "blog", "speaker_id": "ragnhild", "speaker_role": "author",
        "published_at": "2012-09-11T11:05:00Z", "title": "Nytt garn",
        "text": "Nå er garnet kommet.\n\nKom innom & se.", "url": "http://garnkroken.example/blogg/?p=7",
    }  # fmt: skip
    assert first["reply_to"] == post["utterance_id"]
    assert first["text"] == "Lurer på fargen.\n\nFinnes den i blått?"
    assert first["published_at"] == "2012-09-12T06:00:00Z"
    assert second["reply_to"] == first["utterance_id"]
    assert (second["speaker_id"], second["speaker_role"]) == ("ragnhild", "author")
    assert (third["speaker_id"], third["speaker_role"]) == (first["speaker_id"], "other")
    assert {one["conversation_id"] for one in (first, second, third)} == {post["utterance_id"]}


def test_those_who_comment_are_known_by_name_to_the_masking_of_texts(tmp_path: Path) -> None:
    found = parsed(tmp_path, wxr(item(comments=comment(1, "Hei Ragnhild", who="Solveig"))))
    assert {one.names for one in found if isinstance(one, RawRecord)} == {("Ragnhild på Garnkroken", "Solveig")}


def test_what_was_never_published_is_a_reject_that_says_so(tmp_path: Path) -> None:
    talk = (
        comment(1, approved="spam")
        + comment(2, approved="0")
        + comment(3, approved="trash")
        + comment(4, kind="pingback")
        + comment(5, kind="trackback")
        + comment(6, kind="note")
    )
    found = parsed(
        tmp_path,
        wxr(
            item(1, status="draft", comments=comment(9)),
            item(2, kind="attachment", status="inherit"),
            item(3, kind="nav_menu_item"),
            item(4, more="").replace("<wp:post_password></wp:post_password>", "<wp:post_password>x</wp:post_password>"),
            item(5, comments=talk),
        ),
    )
    assert [one["utterance_id"][-1] for one in rows(found)] == ["5"]
    assert reasons(found) == [
        "not published", "not published", "not a post", "not a post", "not published",
        "spam", "not published", "not published", "pingback", "pingback", "not published",
    ]  # fmt: skip
    assert "'nav_menu_item'" in found[3].detail


def test_a_forum_of_bbpress_keeps_its_threads(tmp_path: Path) -> None:
    topic = item(20, "Hvor blir pakken min av?", kind="topic", status="closed")
    reply = item(21, "Den kommer i morgen.", kind="reply").replace("parent>0<", "parent>20<")
    first, second = rows(parsed(tmp_path, wxr(topic, reply)))
    assert (first["channel"], first["kind"]) == ("forum", "post")
    assert (second["reply_to"], second["conversation_id"]) == (first["utterance_id"], first["utterance_id"])


def test_a_post_without_a_time_in_utc_keeps_its_own_day(tmp_path: Path) -> None:
    text = wxr(item(gmt="0000-00-00 00:00:00"))
    assert rows(parsed(tmp_path, text))[0]["published_at"] == "2012-09-11"
    assert rows(parsed(tmp_path, text, timezone="Europe/Oslo"))[0]["published_at"] == "2012-09-11T13:05:00"
    none = text.replace("2012-09-11 13:05:00", "0000-00-00 00:00:00")
    assert "published_at" not in rows(parsed(tmp_path, none))[0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('[caption id="a1" align="alignleft" width="30"]<img src="a.jpg" alt="x" /> Ved sjøen[/caption] Fint', "Ved sjøen Fint"),
        ("[gallery ids=1,2] og [youtube=http://a.example/x]", "og [youtube=http://a.example/x]"),
        ("Hun sa at [sic] det [...] var [oppdatert 3. mai] slik", "Hun sa at [sic] det [...] var [oppdatert 3. mai] slik"),
        ("[box]Viktig[/box] og [[box]] og [x]", "Viktig og [box] og [x]"),
        ("[embed]http://v.example/1[/embed]", "http://v.example/1"),
        ("[vc_row el_class='a'][vc_column]Hei[/vc_column][/vc_row]", "Hei"),
    ],
)  # fmt: skip
def test_shortcodes_go_and_words_in_brackets_stay(text: str, left: str) -> None:
    assert plain_text(without_shortcodes(text), lines=True) == left


def test_broken_xml_loses_what_is_broken_and_no_more(tmp_path: Path) -> None:
    found = parsed(
        tmp_path,
        wxr(
            item(1, "Første\x0b\x01", title="Garn & pinner &nbsp; &aring; &#8217; &tull;"),
            item(2, "Andre").replace("</wp:post_type>", ""),
            item(3, "Tredje ]]]]><![CDATA[> slutt"),
            item(4, "Fjerde <item> i teksten </item>"),
            item(5, "Femte").replace("</item>", ""),
            item(6, "Sjette"),
        ),
    )
    made = rows(found)
    assert [row["text"].split()[0].strip("\x0b") for row in made] == [
        "Første",
        "Andre",
        "Tredje",
        "Fjerde",
        "Femte",
        "Sjette",
    ]
    assert made[0]["title"] == "Garn & pinner \xa0 å ’ &tull;"
    assert made[2]["text"] == "Tredje ]]> slutt"
    assert reasons(found) == ["broken XML", "broken XML"]


def test_a_file_cut_off_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    text = wxr(item(1), item(2, comments=comment(1, "Første") + comment(2, "Andre")))
    cut = text[: text.index("Andre") + 3]
    found = parsed(tmp_path, cut)
    assert [row["text"] for row in rows(found)][:3] == ["Nå er garnet kommet.", "Nå er garnet kommet.", "Første"]
    assert reasons(found)[-1] == "broken XML"
    for end in range(0, len(text), 97):
        found = parsed(tmp_path, text[:end])
        assert all(isinstance(one, RawRecord | Reject) for one in found)
        assert end == 0 or found


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = wxr(item(title="&b;&f;")).replace("<rss ", bomb + "<rss ", 1)
    (row,) = rows(parsed(tmp_path, text))
    assert row["title"] == "&b;&f;"


def test_an_entry_beyond_all_bounds_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.pieces.MAX_PIECE", 200_000)
    found = parsed(tmp_path, wxr(item(1), item(2, "x" * 800_000), item(3)))
    assert len(rows(found)) == 1
    assert (found[-1].reason, found[-1].locator) == ("too large", "rest of file")


def test_posts_of_two_blogs_are_not_mixed_up(tmp_path: Path) -> None:
    one, other = wxr(item(1)), wxr(item(1)).replace("garnkroken.example", "annen.example")
    assert rows(parsed(tmp_path, one))[0]["utterance_id"] != rows(parsed(tmp_path, other))[0]["utterance_id"]


def test_old_encodings_are_read_as_they_say(tmp_path: Path) -> None:
    text = wxr(item(text="Blåbær på tørre moer")).replace("UTF-8", "ISO-8859-1")
    assert rows(parsed(tmp_path, text.encode("latin-1")))[0]["text"] == "Blåbær på tørre moer"
    assert rows(parsed(tmp_path, text.encode("utf-8")))[0]["text"] == "Blåbær på tørre moer"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty file"), (b"\x1f\x8b\x08", "compressed"), (b"hei", "no entries")]
)
@pytest.mark.parametrize("reader", ["wxr", "atom"])
def test_what_is_no_export_is_a_reject(tmp_path: Path, content: bytes, reason: str, reader: str) -> None:
    assert reasons(parsed(tmp_path, content, reader)) == [reason]


# Blogger and feeds

BACKUP = """<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'
 xmlns:georss='http://www.georss.org/georss' xmlns:gd='http://schemas.google.com/g/2005'
 xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:app='http://purl.org/atom/app#'>
<id>tag:blogger.com,1999:blog-5.archive</id><updated>2012-09-20T10:00:00.000+02:00</updated><title type='text'>Prjón</title>
{entries}</feed>"""


def entry(
    number: int, text: str, kind: str = "post", *, who: str = "Guðrún", uri: str = "http://www.blogger.com/profile/1", more: str = "",
    title: str = "Ný peysa",
) -> str:  # fmt: skip
    return f"""<entry><id>tag:blogger.com,1999:blog-5.post-{number}</id><published>2012-09-11T13:05:00.001+02:00</published>
<updated>2012-09-13T13:05:00.001+02:00</updated>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>
<title type='text'>{title}</title><content type='html'>{text}</content>
<link rel='self' type='application/atom+xml' href='http://www.blogger.com/feeds/5/posts/default/{number}'/>
<link rel='alternate' type='text/html' href='http://prjon.example/2012/09/{number}.html' title='x'/>
<author><name>{who}</name><uri>{uri}</uri><email>noreply@blogger.com</email></author>{more}</entry>"""


def answer(number: int) -> str:
    return f"<thr:in-reply-to href='http://prjon.example/1.html' ref='tag:blogger.com,1999:blog-5.post-{number}' type='text/html'/>"


def test_a_blogger_backup_keeps_posts_comments_and_their_answers(tmp_path: Path) -> None:
    related = "<link rel='related' href='http://www.blogger.com/feeds/5/1/comments/default/2'/>"
    found = parsed(
        tmp_path,
        BACKUP.format(
            entries=entry(90, "body { }", "template")
            + entry(91, "nb", "settings")
            + entry(1, "&lt;p&gt;Hún er &lt;b&gt;tilbúin&lt;/b&gt;.&lt;br /&gt;Loksins!&lt;/p&gt;")
            + entry(3, "drög", more="<app:control><app:draft>yes</app:draft></app:control>")
            + entry(2, "Mjög falleg", "comment", who="Jóna", uri="", more=answer(1), title="Mjög f...")
            + entry(4, "Takk, Jóna", "comment", more=answer(1) + related)
            + entry(5, "x", "comment", more=answer(3))
            + entry(
                6, "x", "comment", more=answer(1) + "<gd:extendedProperty name='blogger.contentRemoved' value='true'/>"
            )
        ),
        "atom",
    )
    post, first, second = rows(found)
    assert reasons(found) == ["not a post", "not a post", "not published", "not published", "not published"]
    assert (post["title"], post["text"]) == ("Ný peysa", "Hún er tilbúin.\nLoksins!")
    assert (post["published_at"], post["url"]) == (
        "2012-09-11T13:05:00.001+02:00",
        "http://prjon.example/2012/09/1.html",
    )
    assert (post["kind"], post["channel"], post["speaker_role"]) == ("post", "blog", "author")
    assert (first["kind"], first["channel"], first["speaker_role"]) == ("comment", "comment", "other")
    assert "title" not in first
    assert first["reply_to"] == first["conversation_id"] == post["utterance_id"]
    assert second["reply_to"] == first["utterance_id"]
    assert (second["speaker_id"], second["speaker_role"]) == (post["speaker_id"], "author")
    assert next(one for one in found if isinstance(one, RawRecord)).names == ("Guðrún", "Jóna")


def test_a_newer_takeout_of_blogger(tmp_path: Path) -> None:
    def made(number: int, kind: str, status: str, more: str = "") -> str:
        return f"""<entry><id>tag:blogger.com,1999:blog-5.post-{number}</id><blogger:type>{kind}</blogger:type>
        <blogger:status>{status}</blogger:status><author><name>Per</name><uri></uri><blogger:type>BLOGGER</blogger:type></author>
        <title>Nr {number}</title><content type='html'>&lt;p&gt;Hei {number}&lt;/p&gt;</content><blogger:created>2012-09-10T10:00:00Z</blogger:created>
        <published>2012-09-11T10:00:00Z</published><updated>2012-09-11T10:00:00Z</updated><blogger:filename>/2012/09/a.html</blogger:filename>
        <blogger:trashed/>{more}</entry>"""

    text = BACKUP.replace("xmlns:georss", "xmlns:blogger='http://schemas.google.com/blogger/2018' xmlns:georss").format(
        entries=made(1, "POST", "LIVE")
        + made(2, "POST", "DRAFT")
        + made(3, "COMMENT", "LIVE", "<blogger:parent>tag:blogger.com,1999:blog-5.post-1</blogger:parent><blogger:inReplyTo/>")
        + made(4, "COMMENT", "LIVE", "<blogger:parent>tag:blogger.com,1999:blog-5.post-1</blogger:parent>"
               "<blogger:inReplyTo>tag:blogger.com,1999:blog-5.post-3</blogger:inReplyTo>")
        + made(5, "COMMENT", "SPAM", "<blogger:parent>tag:blogger.com,1999:blog-5.post-1</blogger:parent>")
        + made(6, "PAGE", "LIVE", "").replace("<blogger:trashed/>", "<blogger:trashed>2013-01-01</blogger:trashed>")
    )  # fmt: skip
    found = parsed(tmp_path, text, "atom")
    post, first, second = rows(found)
    assert reasons(found) == ["not published", "spam", "not published"]
    assert first["reply_to"] == post["utterance_id"]
    assert (second["reply_to"], second["conversation_id"]) == (first["utterance_id"], post["utterance_id"])


def test_plain_feeds(tmp_path: Path) -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id><title type="html">A &amp;amp; B</title>
    <link href="http://a.example/1"/><updated>2012-09-11T10:00:00Z</updated><author><name>Kari</name></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>En <em>to</em></p><p>tre</p></div></content></entry>
    <entry><id>urn:2</id><title>Kort</title><summary type="text">Bare 3 &lt; 4</summary></entry></feed>"""
    first, second = rows(parsed(tmp_path, atom, "atom"))
    assert (first["title"], first["text"], first["url"]) == ("A & B", "En to\n\ntre", "http://a.example/1")
    assert first["published_at"] == "2012-09-11T10:00:00Z"
    assert (second["text"], "published_at" in second) == ("Bare 3 < 4", False)
    rss = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>t</title>
    <item><title>Sen post</title><link>http://a.example/1</link><guid isPermaLink="false">http://a.example/?p=1</guid>
    <pubDate>Tue, 11 Sep 2012 13:05:00 +0200</pubDate><dc:creator>Lars</dc:creator><description>Kort &hellip;</description>
    <content:encoded><![CDATA[<p>Hele<br/>teksten</p>]]></content:encoded><slash:comments>3</slash:comments></item>
    <item><title>Comment on Sen post by Mia</title><link>http://a.example/1#comment-8</link><guid>http://a.example/?p=1#comment-8</guid>
    <pubDate>Wed, 12 Sep 2012 13:05:00 +0000</pubDate><author>mia@example.com (Mia)</author><description>Enig!</description></item>
    </channel></rss>"""
    first, second = rows(parsed(tmp_path, rss, "atom"))
    assert (first["text"], first["n_comments_stated"]) == ("Hele\nteksten", "3")
    assert first["published_at"] == "2012-09-11T13:05:00+02:00"
    assert (second["kind"], second["reply_to"], second["speaker_id"]) == ("comment", first["utterance_id"], "mia")


def test_times_of_feeds() -> None:
    assert feed_stamp("Tue, 11 Sep 2012 13:05:00 -0000") == "2012-09-11T13:05:00+00:00"
    assert feed_stamp("i går") == "i går"


# ConvoKit


def corpus(folder: Path, old: bool = False) -> Path:
    folder.mkdir()
    lines = [
        {"id": "a", "conversation_id": "a", "reply-to": None, "speaker": "kari", "timestamp": 1347361500, "text": "Hvor er pakken?",
         "meta": {"company": "Lyngposten", "valence": "negative", "parsed": [{"toks": []}]}, "vectors": []},
        {"id": "b", "conversation_id": "a", "reply-to": "a", "speaker": "lyngposten", "timestamp": "1347365100.0", "text": "På vei!",
         "meta": {}, "vectors": ["x"]},
        {"id": "c", "conversation_id": None, "reply_to": "b", "speaker": "kari", "timestamp": None, "text": "Takk", "meta": None},
    ]  # fmt: skip
    if old:
        names = {"conversation_id": "root", "speaker": "user"}
        lines = [{names.get(key, key): value for key, value in line.items()} for line in lines]
        (folder / "utterances.json").write_text(json.dumps(lines, indent=1))
        (folder / "users.json").write_text(
            json.dumps({"kari": {"speaker_role": "customer"}, "lyngposten": {"speaker_role": "firm"}})
        )
        (folder / "conversations.json").write_text(json.dumps({"a": {"topic": "levering"}}))
    else:
        (folder / "utterances.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / "speakers.json").write_text(
            json.dumps(
                {
                    "kari": {"meta": {"speaker_role": "customer"}, "vectors": []},
                    "lyngposten": {"meta": {"speaker_role": "firm"}},
                }
            )
        )
        (folder / "conversations.json").write_text(json.dumps({"a": {"meta": {"topic": "levering"}, "vectors": []}}))
    (folder / "corpus.json").write_text("{}")
    (folder / "index.json").write_text('{"version": 1}')
    return folder


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("path", ["corpus", "corpus/utterances.json*", "corpus/*", "**/*"])
def test_a_corpus_folder(tmp_path: Path, old: bool, path: str) -> None:
    corpus(tmp_path / "corpus", old)
    source = Source("talk", path, "convokit")
    assert [file.stem for file in matching_files(source, tmp_path)] == ["utterances"]
    first, second, third = rows(list(read(source, tmp_path)))
    assert first == {
        "utterance_id": "a", "conversation_id": "a", "speaker_id": "kari", "text": "Hvor er pakken?", "company": "Lyngposten",
        "valence": "negative", "speaker_role": "customer", "topic": "levering", "published_at": "2012-09-11T11:05:00+00:00",
    }  # fmt: skip
    assert (second["reply_to"], second["published_at"], second["speaker_role"]) == (
        "a",
        "2012-09-11T12:05:00+00:00",
        "firm",
    )
    assert (third["conversation_id"], third["reply_to"]) == ("a", "b")
    assert "published_at" not in third


def test_metadata_may_be_mapped_and_must_be_there(tmp_path: Path) -> None:
    corpus(tmp_path / "corpus")
    mapped = Source(
        "talk", "corpus", "convokit", columns={"sector": "conversation.topic"}, values={"sector": {"levering": "post"}}
    )
    assert rows(list(read(mapped, tmp_path)))[0]["sector"] == "post"
    with pytest.raises(SourceError, match=r"no utterance has 'meta.x' for 'topic'"):
        list(read(Source("talk", "corpus", "convokit", columns={"topic": "meta.x"}), tmp_path))
    with pytest.raises(SourceError, match="feeds table 'utterances'"):
        list(read(Source("talk", "corpus", "convokit", table="shares"), tmp_path))


def test_a_broken_corpus_gives_what_can_be_read(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    (folder / "speakers.json").write_text("[" * 100_000)
    (folder / "conversations.json").write_text('{"a": 3}')
    with (folder / "utterances.jsonl").open("a") as stream:
        stream.write('{"id": "d"\n{"text": "x"}\n{"id": "e", "reply_to": "e", "text": "x"}\n')
    found = list(read(Source("talk", "corpus", "convokit"), tmp_path))
    assert len(rows(found)) == 3
    assert reasons(found) == ["broken metadata", "broken line", "bad value", "bad value"]


# chosen by content


def test_exports_are_known_by_their_content(tmp_path: Path) -> None:
    corpus(tmp_path / "talk")
    (tmp_path / "a.txt").write_text(wxr(item()))
    (tmp_path / "b.html").write_text(BACKUP.format(entries=entry(1, "x")))
    (tmp_path / "c.csv").write_text("text;n\n<p>Hei</p>;1\n")
    (tmp_path / "d.xml").write_text("<html><body><p>Om <rss> og annet</p></body></html>")
    chosen = {choice.source.name: [file.name for file in choice.files] for choice in choose_sources(tmp_path)}
    assert chosen["wordpress"] == ["a.txt"]
    assert chosen["feeds"] == ["b.html"]
    assert chosen["convokit"] == ["utterances.jsonl"]
    assert chosen["pages"] == ["d.xml"]
    assert sum(map(len, chosen.values())) == 5


def test_a_page_saved_as_a_web_archive(tmp_path: Path) -> None:
    head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.example/1\r\nMIME-Version: 1.0\r\n"
    kind = 'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--x"\r\n\r\n'
    part = "----x\r\nContent-Type: text/html; charset=%s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n"
    image = "----x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n----x--\r\n"
    for charset, letter in (("utf-8", "=C3=A5"), ("iso-8859-1", "=E5")):
        html = f"<html><head><title>Hei</title></head><body><p>Bl{letter}b=\r\n=C3=A6r</p></body></html>".replace(
            "=C3=A6", "e"
        )
        (tmp_path / "a.mhtml").write_bytes((head + kind + part % (charset, html) + image).encode())
        (page,) = read(Source("p", "a.mhtml", "page"), tmp_path)
        assert isinstance(page, RawRecord)
        assert page.is_html
        assert "<p>Blåber</p>" in (page.markup or "")
        assert "Content-Type" not in (page.markup or "")
    assert [choice.source.reader for choice in choose_sources(tmp_path)] == ["page"]
    (tmp_path / "a.mhtml").write_bytes((head + kind).encode() + b"nothing")
    (page,) = read(Source("p", "a.mhtml", "page"), tmp_path)
    assert isinstance(page, RawRecord)
