"""The index says what moved since the last run, and never what it does not know."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scsr.reports import config, diff, index, publish, runner
from scsr.reports.claims import Claim
from scsr.reports.freshness import RESULTS_VERSION
from tests.accessible import invalid, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOTEBOOKS = Path(__file__).parent / "notebooks"


def estimate(value: float = 0.5, low: float = 0.4, high: float = 0.6, **more: Any) -> dict[str, Any]:
    base = {
        "name": "kept", "estimand": "share of promises kept", "unit": "share", "estimate": value, "ci_low": low,
        "ci_high": high, "n": 40, "level": 0.95, "by": {}, "status": "ok", "reason": "", "method": "Wilson",
    }  # fmt: skip
    return base | more


def results(*estimates: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {
        "schema_version": RESULTS_VERSION, "report": "answers", "variant": "all", "estimates": list(estimates),
        "inputs": {"utterances": {"sha256": "a", "n_rows": 10}}, "parameters": {"seed": 1}, "made_from": {},
        "versions": {}, "synthetic": False, "answer": "Half.", "headline": [{"name": "kept", "by": {}}],
    }  # fmt: skip
    return base | more


def run(out: Path, data: dict[str, Any]) -> None:
    """Publish results as a render does."""
    with publish.lock(out) as staging:
        made = staging / "0"
        made.mkdir()
        (made / "index.html").write_text("", "utf-8")
        (made / "results.json").write_text(publish.dumps(data), "utf-8")
        publish.put(made, out / "answers" / "all", staging)
    index.write(out, [index.State("answers", "all", "Who answers?", "fresh")])


def page(out: Path) -> str:
    return (out / "index.html").read_text("utf-8")


def moved(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "status.json").read_text("utf-8"))["movement"]
    return found


def test_a_first_run_has_nothing_to_be_held_against(tmp_path: Path) -> None:
    run(tmp_path, results(estimate()))
    assert moved(tmp_path) == {}
    assert "Since the last run" not in page(tmp_path)


def test_what_moved_is_shown_with_intervals_and_its_one_cause(tmp_path: Path) -> None:
    run(tmp_path, results(estimate(), estimate(name="rate", by={"company": "Ekonet"}, unit="h")))
    run(tmp_path, results(estimate(0.9, 0.8, 0.95), estimate(name="rate", by={"company": "Ekonet"}, unit="h"),
                          parameters={"seed": 2}))  # fmt: skip
    one = moved(tmp_path)["answers/all"]
    assert (one["n_moved"], one["n_beyond"], one["n_same"]) == (1, 1, 1)
    assert one["cause"] == "parameter seed: 1 to 2"
    text = page(tmp_path)
    assert "Since the last run: 1 of 2 numbers moved, 1 beyond either interval" in text
    assert "One thing changed: parameter seed: 1 to 2." in text
    assert '50% (40% to 60%)</td><td data-name="Is">90% (80% to 95%)' in text
    (kept,) = diff.compare_paths(tmp_path / ".previous", tmp_path)
    assert kept.moved[0].old is not None
    assert kept.moved[0].old["estimate"] == 0.5
    run(tmp_path, results(estimate(0.9, 0.8, 0.95), estimate(name="rate", by={"company": "Ekonet"}, unit="h"),
                          parameters={"seed": 2}))  # fmt: skip
    assert "Since the last run: no number moved." in page(tmp_path)


def test_no_cause_is_named_where_several_things_changed(tmp_path: Path) -> None:
    run(tmp_path, results(estimate(), tables=[{"name": "t", "rows": [[1]]}]))
    data = {"utterances": {"sha256": "b", "n_rows": 12}}
    new = estimate(None, None, None, status="not_estimable", reason="no rows", method="none")  # type: ignore[arg-type]
    more = [estimate(name="added", by={"n": str(n)}) for n in range(12)]
    run(tmp_path, results(new, *more, inputs=data, parameters={"seed": 2}, tables=[{"name": "t", "rows": [[2]]}]))
    text = page(tmp_path)
    assert (
        "2 things changed, so none can be named as the cause: table utterances: 10 rows to 12 rows; parameter" in text
    )
    assert "not estimable: no rows" in text
    assert "The first 10 of 13." in text
    assert "Other methods: kept: Wilson to none." in text
    assert "Other data in the tables and figures t." in text


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    bad = "<script>x</script>"
    run(tmp_path, results(estimate(estimand=bad, by={"g": bad})))
    run(tmp_path, results(estimate(0.9, 0.8, 1.0, estimand=bad, by={"g": bad}), parameters={bad: bad}))
    assert bad not in page(tmp_path)
    assert "&lt;script&gt;x" in page(tmp_path)


@pytest.mark.parametrize("killed_after", ["followed_by.txt", "results.json"])
def test_a_run_that_is_killed_before_it_is_published_moves_nothing(
    tmp_path: Path, killed_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, results(estimate()))
    run(tmp_path, results(estimate(0.9, 0.8, 0.95)))
    write = publish.write_text

    def killed(path: Path, text: str) -> None:
        write(path, text)
        if path.name == killed_after and ".previous" in path.parts:
            raise KeyboardInterrupt

    monkeypatch.setattr(publish, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, results(estimate(0.2, 0.1, 0.3)))
    monkeypatch.undo()
    index.write(tmp_path, [index.State("answers", "all", "Who answers?", "fresh")])
    assert moved(tmp_path) == {}
    run(tmp_path, results(estimate(0.2, 0.1, 0.3)))
    assert moved(tmp_path)["answers/all"]["moved"][0]["was"] == "90% (80% to 95%)"


def test_results_of_another_make_are_not_compared(tmp_path: Path) -> None:
    run(tmp_path, results(estimate()) | {"schema_version": 0})
    run(tmp_path, results(estimate(0.9, 0.8, 0.95)))
    assert moved(tmp_path) == {}
    (tmp_path / ".previous" / "answers" / "all" / "results.json").write_text("{", "utf-8")
    index.write(tmp_path, [index.State("answers", "all", "Who answers?", "fresh")])
    assert moved(tmp_path) == {}


@pytest.mark.slow
def test_render_change_the_data_render_and_read_what_moved(tiny: Path, tmp_path: Path) -> None:
    from scsr.corpus.prepare import prepare

    (tmp_path / "reports").mkdir()
    (tmp_path / "notebooks").mkdir()
    shutil.copy(NOTEBOOKS / "answers.ipynb", tmp_path / "notebooks")
    listing = '[[report]]\nname = "answers"\nnotebook = "notebooks/answers.ipynb"\ninputs = ["utterances"]\n'
    (tmp_path / "reports" / "reports.toml").write_text(listing, "utf-8")
    raw = tmp_path / "raw"
    shutil.copytree(tiny.parent, raw, ignore=shutil.ignore_patterns("processed"))
    out, made = tmp_path / "reports", config.read(tmp_path / "reports" / "reports.toml")

    def render() -> bytes:
        prepare(raw, tmp_path / "processed")
        assert runner.render(made, tmp_path / "processed", out, workers=1).made == ("answers/all",)
        return (out / "answers" / "all" / "index.html").read_bytes()

    render()
    lines = (raw / "messages.csv").read_text("utf-8").splitlines()
    (raw / "messages.csv").write_text("\n".join(lines[:-8]) + "\n", "utf-8")
    assert b"last run" not in render()  # that is told by the index alone
    one = moved(out)["answers/all"]
    assert one["cause"] == "table utterances: 40 rows to 32 rows"
    assert (one["n_moved"], one["answer"]) == (1, True)
    assert "One thing changed: table utterances: 40 rows to 32 rows." in page(out)
    assert "because of the one thing that changed: table utterances" in diff.text(
        diff.compare_paths(out / ".previous", out)[0]
    )


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_all_can_read_what_moved_on_any_screen(tmp_path: Path, chromium: Browser, width: int, scheme: str) -> None:
    claim = Claim("c", "It is so.", "The corpus says", "answers", "kept", "more_than", 0.5)
    run(tmp_path, results(estimate(), estimate(name="rate", unit="complaints per 1,000 customers and month")))
    run(tmp_path, results(estimate(0.9, 0.8, 0.95), estimate(name="rate", n=11_735), parameters={"seed": 2}))
    index.write(tmp_path, [index.State("answers", "all", "Who answers?", "stale", ("a" * 70,))], [claim])
    tab = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    tab.goto((tmp_path / "index.html").as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.close()
    if width == 320:
        assert invalid([tmp_path / "index.html"], tmp_path) == []
