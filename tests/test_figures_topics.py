from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scsr.figures import Figure, figure, panels, topic_map, topic_periods
from scsr.figures.theme import WIDTH_INCHES
from tests.topic_tables import made_up, none_at_all

KINDS = ("topic_map", "topic_terms", "topic_stability", "topic_periods")


@cache
def drawn(kind: str, n_topics: int = 5, seed: int = 1, languages: tuple[str, ...] = ("sv", "is")) -> Figure:
    return figure(kind, made_up(n_topics, languages, seed=seed).of("sv"), name="a", title="t")


def texts(svg: str) -> list[tuple[float, str]]:
    """Size and words of each text of a drawing."""
    found = []
    for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        size = re.search(r"font(?:-size)?: ?(?:\w+ )*([\d.]+)px", node.get("style", ""))
        assert size, node.get("style")
        found.append((float(size[1]), node.text or ""))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_description_follows_the_data(kind: str) -> None:
    said = [drawn(kind, seed=seed).description for seed in (1, 2)]
    assert said[0] != said[1]
    assert all(f"{topic}: " in said[0] for topic in range(1, 6))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_topics", [5, 20])
def test_every_text_can_be_read_on_a_telephone(kind: str, n_topics: int) -> None:
    """The narrowest telephone, of 320 pixels, has 312 for the drawing."""
    svg = drawn(kind, n_topics).svg
    assert min(size for size, _ in texts(svg)) * 312 / (72 * WIDTH_INCHES) >= 10
    width, _ = (float(one) for one in ET.fromstring(svg).get("viewBox", "").split()[2:])
    assert width == 72 * WIDTH_INCHES


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_drawn_of_nothing(kind: str) -> None:
    made = figure(kind, none_at_all(), name="a", title="t")
    assert made.description.startswith("No ")
    assert len(made.table) == 0
    assert any(words.startswith("no ") for _, words in texts(made.svg))


@pytest.mark.parametrize("n_topics", [2, 5, 20])
def test_circles_and_labels_of_the_map_cover_nothing(n_topics: int) -> None:
    tables = made_up(n_topics).of("sv")
    tall = 72 * topic_map.height(tables)
    radius = topic_map.radii(tables.topics["share"].to_numpy())
    at = topic_map.spread(tables.topics[["x", "y"]].to_numpy(), radius, tall)
    apart = np.linalg.norm(at[:, None] - at[None], axis=2) + 1e3 * np.eye(n_topics)
    assert (apart > radius[:, None] + radius[None]).all()
    assert ((at - radius[:, None] >= 0) & (at + radius[:, None] <= [panels.WIDTH, tall])).all()
    svg = drawn("topic_map", n_topics).svg
    assert {str(topic) for topic in range(1, n_topics + 1)} <= {words for _, words in texts(svg)}


def test_areas_are_as_the_shares() -> None:
    radius = topic_map.radii(np.array([0.4, 0.1]))
    assert (radius[0] / radius[1]) ** 2 == pytest.approx(4)


def test_a_label_stands_on_no_circle_and_no_label() -> None:
    at, radius = np.array([[100.0, 100.0], [160.0, 100.0]]), np.array([20.0, 20.0])
    free = [
        box for box in topic_map.boxes(at[0], 20.0, (50.0, 24.0)) if topic_map.is_free(box, (at, radius), 0, [], 300)
    ]
    assert free
    for x, y, wide, tall in free:
        near = np.clip(at, [x, y], [x + wide, y + tall])
        assert (np.linalg.norm(near - at, axis=1) >= radius).all()
    assert not topic_map.is_free(free[0], (at, radius), 0, [free[0]], 300)


def test_one_language_alone_has_no_legend_of_sharing() -> None:
    both, alone = drawn("topic_map"), drawn("topic_map", languages=("sv",))
    assert "also in another language" in both.svg
    assert "another language" not in alone.svg
    assert "shared with is" in both.description
    assert "shared" not in alone.description


def test_the_map_says_what_it_keeps() -> None:
    tables = made_up().of("sv")
    tables = replace(tables, languages=tables.languages.assign(axes_keep=0.123))
    assert "keep 12.3% of the squared distances" in figure("topic_map", tables, name="a", title="t").description


def test_many_topics_show_fewer_terms_but_the_table_has_all() -> None:
    few, many = drawn("topic_terms"), drawn("topic_terms", 20)
    assert few.description.split("1: ")[1].split(" (")[0].count(",") == 9
    assert many.description.split("1: ")[1].split(" (")[0].count(",") == 5
    assert (len(few.table), len(many.table)) == (50, 200)


def test_the_stability_strip_counts_runs() -> None:
    made = drawn("topic_stability")
    counted = made.table.filter(like="runs_with_")
    assert counted.sum(axis=1).eq(8).all()
    back = counted[[f"runs_with_{n}" for n in range(4, 11)]].sum(axis=1) / 8
    assert np.allclose(back, made.table["recurrence"])
    assert "of 8 runs" in made.description


@pytest.mark.parametrize(("period", "name"), [("month", "2021-11"), ("quarter", "2022 quarter 1"), ("year", "2022")])
def test_periods_are_named(period: str, name: str) -> None:
    made = figure("topic_periods", made_up(2, period=period).of("sv"), name="a", title="t")
    assert f"by {period}" in made.description
    assert name in made.table["period"].tolist()
    assert name in made.description


def test_a_hidden_period_is_a_gap_and_the_next_a_dot() -> None:
    whole, gaps = (figure("topic_periods", made_up(n).of("sv"), name="a", title="t").svg for n in (1, 2))
    assert "<use" not in whole.split("text")[0]
    assert gaps.count("<use") > whole.count("<use")
    assert topic_periods.top_of(2.0) == 1.0
