"""Claims are held against results of known direction, and a claim without a result says so."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.errors import ScsrError
from scsr.reports import claims, config, index, runner
from scsr.reports.claims import Claim, judge, read
from scsr.reports.freshness import RESULTS_VERSION

ENTRY = """
[[claim]]
name = "further"
statement = "Bad news travels further."
source = "The corpus says"
report = "wom"
result = "ratio"
more_than = 1
"""


def estimate(name: str = "ratio", low: float | str = 1.2, high: float | str = 1.9, **more: Any) -> dict[str, Any]:
    base = {
        "name": name, "estimand": f"{name} of something", "unit": "ratio", "estimate": 1.5, "ci_low": low,
        "ci_high": high, "n": 40, "level": 0.95, "by": {}, "status": "ok", "reason": "", "headline": False,
    }  # fmt: skip
    return base | more


def publish(out: Path, *estimates: dict[str, Any], synthetic: bool = False, **parameters: Any) -> Path:
    folder = out / "wom" / "all"
    folder.mkdir(parents=True, exist_ok=True)
    results = {
        "schema_version": RESULTS_VERSION, "estimates": list(estimates), "synthetic": synthetic,
        "parameters": parameters, "answer": "", "headline": [],
    }  # fmt: skip
    (folder / "results.json").write_text(json.dumps(results), "utf-8")
    (folder / "index.html").write_text("", "utf-8")
    return out


def one(side: str = "more_than", value: Any = 1.0, **more: Any) -> Claim:
    return Claim("c", "It is so.", "The corpus says", "wom", "ratio", side, value, **more)


@pytest.mark.parametrize(
    ("side", "value", "low", "high", "verdict"),
    [
        ("more_than", 1.0, 1.2, 1.9, "supports"), ("more_than", 1.0, 0.2, 0.9, "contradicts"),
        ("more_than", 1.0, 0.9, 1.9, "cannot tell"), ("more_than", 1.0, 1.0, 1.9, "cannot tell"),
        ("less_than", 1.0, 0.2, 0.9, "supports"), ("less_than", 1.0, 1.2, "inf", "contradicts"),
        ("less_than", 1.0, "-inf", 1.2, "cannot tell"),
        ("between", (1.0, 2.0), 1.2, 1.9, "supports"), ("between", (1.0, 2.0), 2.1, 3.0, "contradicts"),
        ("between", (1.0, 2.0), 1.5, 2.5, "cannot tell"), ("between", (1.0, 2.0), 0.5, 0.9, "contradicts"),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_interval(
    tmp_path: Path, side: str, value: Any, low: Any, high: Any, verdict: str
) -> None:
    [found] = judge([one(side, value)], publish(tmp_path, estimate(low=low, high=high)))
    assert found.verdict == verdict
    assert "ratio of something: 1.5 (95% interval" in found.words
    assert "n = 40)" in found.words
    assert found.report == "wom/all"


ends = st.floats(-50, 50, allow_nan=False) | st.sampled_from([float("-inf"), float("inf")])
intervals = st.tuples(ends, ends).map(sorted).map(tuple)
sides = st.sampled_from(["more_than", "less_than", "between"])


def claimed_at(side: str, interval: tuple[float, float]) -> Claim:
    """Claim a number, or the range between two."""
    return one(side, interval if side == "between" else interval[0])


def meets(side: str, claim: Claim, x: float) -> bool:
    if side == "between":
        return bool(claim.value[0] <= x <= claim.value[1])
    return bool(x > claim.value if side == "more_than" else x < claim.value)


@given(sides, intervals.filter(lambda two: all(map(math.isfinite, two))), intervals, st.floats(0, 1))
def test_a_verdict_holds_for_every_value_of_the_interval(
    side: str, at: tuple[float, float], interval: tuple[float, float], share: float
) -> None:
    claim = claimed_at(side, at)
    verdict = claims.compared(claim, interval)
    low, high = (min(max(end, -1e6), 1e6) for end in interval)
    inside = {low, high, low + share * (high - low)} | {x for x in at if low <= x <= high}
    if verdict == "supports":
        assert all(meets(side, claim, x) for x in inside)
    elif verdict == "contradicts":
        assert not any(meets(side, claim, x) for x in inside)
    else:
        assert any(meets(side, claim, x) for x in inside) != all(meets(side, claim, x) for x in inside) or (
            side != "between" and at[0] in (low, high)  # the interval ends where the claim begins
        )


@given(sides, intervals.filter(lambda two: all(map(math.isfinite, two))), intervals, st.floats(0, 9), st.floats(0, 9))
def test_a_wider_interval_never_says_more(
    side: str, at: tuple[float, float], interval: tuple[float, float], below: float, above: float
) -> None:
    claim = claimed_at(side, at)
    narrow = claims.compared(claim, interval)
    wide = claims.compared(claim, (interval[0] - below, interval[1] + above))
    assert wide in (narrow, "cannot tell")


@given(intervals, intervals)
def test_what_speaks_for_more_speaks_against_less(mine: tuple[float, float], other: tuple[float, float]) -> None:
    turned = {"supports": "contradicts", "contradicts": "supports", "cannot tell": "cannot tell"}
    more, less = one("more_than", {"result": "r", "by": {}}), one("less_than", {"result": "r", "by": {}})
    assert claims.compared(less, mine, other) == turned[claims.compared(more, mine, other)]
    assert claims.compared(more, other, mine) == claims.compared(less, mine, other)


def test_a_share_is_no_percentage(tmp_path: Path) -> None:
    publish(tmp_path, estimate(low=0.9, high=0.97, unit="share"))
    [found] = judge([one(value=95.0)], tmp_path)
    assert (found.verdict, found.words) == (
        "no result", "the report gives a share from 0 to 1, the claim 95.0; write 0.95 for 95%",
    )  # fmt: skip
    assert judge([one("between", (0.9, 0.99))], tmp_path)[0].verdict == "supports"


def test_one_result_is_held_against_another(tmp_path: Path) -> None:
    hired, paying = {"role": "ambassador"}, {"role": "customer"}
    claim = one(value={"result": "ratio", "by": paying}, by=hired)
    for low, high, verdict in ((2.0, 3.0, "supports"), (0.1, 0.4, "contradicts"), (1.0, 3.0, "cannot tell")):
        rows = estimate(by=hired, low=low, high=high), estimate(by=paying, low=0.5, high=1.5)
        [found] = judge([claim], publish(tmp_path, *rows))
        assert found.verdict == verdict
        assert "(ambassador)" in found.words
        assert "(customer)" in found.words
    assert claims.claimed(claim) == "more than that of customer"


def test_what_can_only_refute_never_supports(tmp_path: Path) -> None:
    [found] = judge([one(only_refutes=True)], publish(tmp_path, estimate()))
    assert found.verdict == "cannot tell"
    assert "does not make the claim true" in found.words
    [found] = judge([one(only_refutes=True)], publish(tmp_path, estimate(low=0.1, high=0.2)))
    assert found.verdict == "contradicts"


@pytest.mark.parametrize(("low", "word"), [(1.2, "would support"), (0.1, "are made up")])
def test_made_up_data_say_nothing_about_the_world(tmp_path: Path, low: float, word: str) -> None:
    [found] = judge([one()], publish(tmp_path, estimate(low=low), synthetic=True))
    assert found.verdict == "cannot tell"
    assert word in found.words


def test_a_missing_result_says_so(tmp_path: Path) -> None:
    [found] = judge([one()], tmp_path)
    assert (found.verdict, found.words, found.report) == ("no result", "there is no report wom/all", "")
    publish(tmp_path, estimate("other"), estimate(by={"role": "a"}), promise_h=48)
    [found] = judge([one()], tmp_path)
    assert (found.verdict, found.words) == ("no result", "the report records no ratio")
    [found] = judge([one(by={"role": "b"})], tmp_path)
    assert found.words == "the report records no ratio for b"
    [found] = judge([one(parameters={"promise_h": 24})], tmp_path)
    assert found.words == "the report was made with promise_h = 48, the claim is about 24"
    gone = estimate(estimate=None, ci_low=None, ci_high=None, status="not_estimable", reason="no rows")
    [found] = judge([one()], publish(tmp_path, gone))
    assert (found.verdict, found.words) == ("cannot tell", "ratio of something: no rows")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "claims.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_claim_is_read_with_all_that_it_may_say(tmp_path: Path) -> None:
    more = 'by = { role = "a" }\nvariant = "country=SE"\nparameters = { h = 2 }\nbecause = "So."\nonly_refutes = true\n'
    [claim] = read(written(tmp_path, ENTRY + more))
    assert claim.by == {"role": "a"}
    assert (claim.variant, claim.because, claim.only_refutes, claim.value) == ("country=SE", "So.", True, 1.0)
    assert read(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("more_than = 1", "more_then = 1"), r"claims.toml, claim 'further': no key 'more_then'; did you mean 'more_than'"),
        (("more_than = 1", ""), r"claim 'further': gives no number; give one of more_than, less_than, between"),
        (("more_than = 1", "more_than = 1\nless_than = 2"), "gives more_than and less_than; give one"),
        (("more_than = 1", 'more_than = "one"'), "more_than is 'one'; give a number"),
        (("more_than = 1", "more_than = nan"), "more_than is nan; give a number"),
        (("more_than = 1", "more_than = true"), "more_than is True; give a number"),
        (("more_than = 1", "between = [2, 1]"), r"between is \[2, 1\]; write \[low, high\], the lower number first"),
        (("more_than = 1", 'more_than = { name = "x" }'), r"write \{ result = "),
        (('source = "The corpus says"', ""), "source is None; give it in words"),
        (('name = "further"', "name = 3"), "name is 3; give it in words"),
        (("more_than = 1", 'more_than = 1\nby = "a"'), "by is 'a'; write by = "),
        (("more_than = 1", "more_than = 1\nonly_refutes = 1"), "only_refutes is 1; write true or false"),
        (("[[claim]]", "[[claims]]"), "no key 'claims'"),
        (("[[claim]]", "[[claim"), "claims.toml"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_file_entry_value_and_remedy(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(ScsrError, match=says):
        read(written(tmp_path, ENTRY.replace(*change)))


def test_two_claims_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScsrError, match="'further' stands twice"):
        read(written(tmp_path, ENTRY * 2))


def test_the_claims_of_the_project_can_be_read_and_name_their_sources(root: Path) -> None:
    found = read(root / "data" / "config" / "claims.toml")
    assert len(found) >= 25
    assert all(one.because and one.source for one in found)
    listed = {"complaint_rates", "response_loyalty", "wom_spread"}
    assert {one.report for one in found} == listed


def test_ones_own_claims_stand_before_those_of_the_project(tmp_path: Path) -> None:
    data = tmp_path / "data" / "processed"
    assert claims.find(data, tmp_path / "project") == tmp_path / "project" / "data" / "config" / "claims.toml"
    (tmp_path / "data" / "config").mkdir(parents=True)
    own = written(tmp_path / "data" / "config", ENTRY)
    assert claims.find(data, tmp_path / "project") == own


def test_the_index_shows_them_and_the_status_file_holds_them(tmp_path: Path) -> None:
    publish(tmp_path, estimate())
    index.write(tmp_path, [], [one()])
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "Claims against evidence" in page
    assert '<span class="chip supports">supports</span>' in page
    assert 'href="wom/all/index.html"' in page
    [kept] = json.loads((tmp_path / "status.json").read_text("utf-8"))["claims"]
    assert (kept["verdict"], kept["claimed"]) == ("supports", "more than 1")
    publish(tmp_path, estimate(unit="share"))
    assert judge([one("between", (0.08, 0.12))], tmp_path)[0].as_dict()["claimed"] == "between 8% and 12%"
    hostile = Claim("h", "<script>x</script>", "</table>", "wom", "ratio", "more_than", 1.0)
    index.write(tmp_path, [], [hostile])
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "&lt;script&gt;x" in page
    assert "&lt;/table&gt;" in page


def test_changed_claims_are_judged_again_though_no_report_is_stale(tmp_path: Path) -> None:
    root, data = tmp_path / "project", tmp_path / "project" / "data" / "processed"
    own = root / "data" / "config"
    own.mkdir(parents=True)
    listing, out = config.Config(root, ()), publish(tmp_path / "out", estimate())
    written(own, ENTRY.replace("more_than", "more_then"))
    with pytest.raises(ScsrError, match="'more_then'; did you mean"):
        runner.render(listing, data, out)
    assert not (out / "index.html").exists()
    written(own, ENTRY)
    runner.render(listing, data, out)
    assert "Bad news travels further." in (out / "index.html").read_text("utf-8")
    first = (out / "index.html").stat().st_mtime_ns
    runner.render(listing, data, out)
    assert (out / "index.html").stat().st_mtime_ns == first
    written(own, ENTRY.replace("more_than", "less_than"))
    runner.render(listing, data, out)
    assert '<span class="chip contradicts">' in (out / "index.html").read_text("utf-8")
