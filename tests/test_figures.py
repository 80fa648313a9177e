from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from scsr.analysis.complaints import CountTable, Funnel, funnel
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.wom import Carrier, Scenario, equal_cost, stated_network
from scsr.analysis.wom.tails import TailFit, size_distribution
from scsr.figures import KINDS, Figure, figure, theme
from tests.topic_tables import made_up


def curves() -> pd.DataFrame:
    t = np.linspace(0, 100, 900)
    parts = []
    for group, scale in (("urgent", 8.0), ("ordinary", 300.0)):
        share = 1 - np.exp(-t / scale)
        band = {"ci_low": share * 0.9, "ci_high": np.minimum(1, share * 1.1)}
        parts.append(pd.DataFrame({"kind": group, "timeline_h": t, "share_answered": share} | band))
    return pd.concat(parts, ignore_index=True)


def compared() -> Funnel:
    cells = pd.DataFrame(
        {"company": ["Ekonet", "Havskogen", "Fjelltel"], "n_complaints": [10, 11, 90], "exposure": [1e3, 1e3, 3e3]}
    )
    return funnel(CountTable(cells, {}, ("company",), "customers", True))


def sizes() -> TailFit:
    rng = np.random.default_rng(1)
    return size_distribution(rng.zipf(2.3, 2000), rng, n_bootstrap=5)


def what_if() -> Scenario:
    groups = [Carrier("customers", 1.0), Carrier("influencers", 30.0, 2.0, most_followed=True)]
    return equal_cost(stated_network(400, 6.0, 1.2), groups, 60.0, 0.05, n_runs=5)


def speed() -> pd.DataFrame:
    hours = 2 ** np.linspace(-3, 7, 60)
    ratio = (hours / 6) ** 0.08
    return pd.DataFrame({"hours": hours, "hazard_ratio": ratio, "ci_low": ratio * 0.8, "ci_high": ratio * 1.2})


def rates(unit: str = "complaints per 1,000") -> list[Estimate]:
    firms = {"Lyngbanken": 1.2, "Ekonet <&>": 3.4}
    made = [Estimate("rate", "rate", unit, r, r / 2, r * 2, 9, "m", {"company": c}) for c, r in firms.items()]
    return [*made, not_estimable("rate", "rate", unit, "no exposure", by={"company": "Havskogen"})]


def months() -> pd.DataFrame:
    start = pd.date_range("2022-01-01", periods=24, freq="MS", tz="UTC")
    made = pd.DataFrame({"group": "SE", "period_start": start, "estimate": np.arange(24) + 1.0})
    made = made.assign(ci_low=made["estimate"] * 0.9, ci_high=made["estimate"] * 1.1)
    made.attrs["y"] = "complaints per 1,000"
    return made


RESULTS = {
    "bars": pd.Series({"sv": 30, "is": 10}, name="utterances"),
    "curves": curves(),
    "funnel": compared(),
    "intervals": rates(),
    "months": months(),
    "ratio": speed(),
    "scenario": what_if(),
    "tail": sizes(),
}
RESULTS |= dict.fromkeys(("topic_map", "topic_periods", "topic_stability", "topic_terms"), made_up().of("sv"))


def draw(kind: str, **options: object) -> Figure:
    return figure(kind, RESULTS[kind], name=f"a {kind}", title="Title", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", RESULTS)
def test_a_figure_is_whole(kind: str) -> None:
    made = draw(kind)
    tree = ET.fromstring(made.svg)
    assert tree.tag.endswith("svg")
    assert "viewBox" in tree.attrib
    assert not {"width", "height"} & set(tree.attrib)
    assert len(made.table)
    assert len(made.description) > 40
    assert "nan" not in made.description


@pytest.mark.parametrize("kind", RESULTS)
def test_the_same_data_draw_the_same_bytes(kind: str) -> None:
    assert draw(kind).svg == draw(kind).svg


@pytest.mark.parametrize("kind", RESULTS)
def test_identifiers_are_the_figures_own_and_resolve(kind: str) -> None:
    svg = draw(kind).svg
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"a-{kind}-".replace("_", "-")) for one in ids)
    for wanted in re.findall(r'href="#([^"]+)"', svg) + re.findall(r"url\(#([^)]+)\)", svg):
        assert wanted in ids


@pytest.mark.parametrize("kind", RESULTS)
def test_a_drawing_takes_the_pages_ink_and_holds_no_clock(kind: str) -> None:
    svg = draw(kind).svg
    assert "currentColor" in svg
    assert "stroke: #ffffff" not in svg, "a white edge, which shows on a dark page"
    assert theme.INK not in svg
    assert "<metadata>" not in svg
    assert "DejaVu" not in svg
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", svg)


def test_the_description_says_every_point_and_what_is_missing() -> None:
    said = draw("intervals").description
    assert "Ekonet <&> 3.4 (1.7 to 6.8); Lyngbanken 1.2 (0.6 to 2.4)" in said
    assert "Not estimable: Havskogen" in said


def test_the_description_follows_the_data() -> None:
    other = figure("bars", pd.Series({"sv": 7, "nb": 7}, name="utterances"), name="n", title="t")
    assert other.description != draw("bars").description
    assert "sv 7 (50%)" in other.description


def test_what_rests_on_few_people_is_not_drawn_nor_said_nor_in_the_table() -> None:
    def bars(**counts: int) -> Figure:
        return figure("bars", pd.Series(counts, name="utterances"), name="n", title="t")

    made = bars(sv=70, nb=30, nn=9, fi=2)
    assert made.table["category"].tolist() == ["sv", "nb"]
    assert "Bars left out, to protect the few people behind one of them: 2." in made.description
    assert made.description.startswith("Bar chart of utterances: sv 70 (70%), nb 30 (30%); 100 in all.")
    assert made.svg == bars(sv=70, nb=30).svg
    assert bars(fi=2).description.startswith("No utterances to draw.")
    shares = figure("bars", pd.Series({"sv": 0.5, "nb": 2.0}), name="n", title="t")
    assert len(shares.table) == 2
    firms = [
        Estimate("kept", "share kept", "share", 0.5, 0.4, 0.6, n, "m", {"company": f"firm {n}"}) for n in (90, 8, 3)
    ]
    made = figure("intervals", firms, name="kept", title="t")
    assert made.table["n"].tolist() == [90]
    assert "firm 8" not in made.description + made.svg


def test_curves_say_when_half_is_reached_or_that_it_is_not() -> None:
    said = draw("curves", mark=24).description
    assert "urgent reaches 50% at 5.56 h" in said
    assert "ordinary does not reach 50%" in said


def test_a_long_curve_stays_small() -> None:
    assert len(draw("curves").svg) < 80_000
    assert len(draw("curves").table) == 48


def test_ratios_stand_on_a_logarithmic_axis_with_infinite_ends_cut() -> None:
    endless = [Estimate("rr", "rate ratio", "ratio", 2.0, 0.5, float("inf"), 9, "m", {"company": "Ekonet"})]
    made = figure("intervals", endless, name="rr", title="t", reference=1)
    assert "to ∞" in made.description
    ET.fromstring(made.svg)


def test_nothing_to_draw_is_said() -> None:
    nothing = [not_estimable("rate", "rate", "", "no exposure was given")]
    made = figure("intervals", nothing, name="none", title="t")
    assert "no exposure was given" in made.description
    assert "not estimable" in made.svg
    from scsr.figures import bars, curves, months

    assert "No" in bars.describe(pd.Series(dtype=float))
    assert "no count to draw" in figure("bars", pd.Series(dtype=float), name="n", title="t").svg
    assert "No curve" in curves.describe(pd.DataFrame(columns=["timeline_h"]))
    assert "No month" in months.describe(pd.DataFrame())


def test_an_unknown_kind_is_an_error_with_the_choices() -> None:
    with pytest.raises(ValueError, match=f"'pie'.*{KINDS[0]}"):
        figure("pie", None, name="n", title="t")


@pytest.mark.parametrize("kind", RESULTS)
def test_letters_can_be_read_on_a_telephone(kind: str) -> None:
    """The narrowest telephone, of 320 pixels, has 312 for a drawing."""
    sizes = [float(one) for one in re.findall(r"font(?:-size)?: ?(?:\w+ )*([\d.]+)px", draw(kind).svg)]
    assert min(sizes) * 312 / (72 * theme.WIDTH_INCHES) >= 10


def test_names_in_a_funnel_stand_apart() -> None:
    svg = draw("funnel").svg
    named = {name: float(y) for y, name in re.findall(r'y="([\d.]+)"[^>]*>(Ekonet|Havskogen)<', svg)}
    assert abs(named["Ekonet"] - named["Havskogen"]) >= 8


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", theme.PALETTE)
@pytest.mark.parametrize("page", ["#ffffff", "#14171c"])
def test_colours_stand_out_on_light_and_dark_pages(colour: str, page: str) -> None:
    bright, dim = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 3


def test_a_curve_without_groups_is_that_of_all_openings() -> None:
    whole = curves().query("kind == 'urgent'").drop(columns="kind")
    assert "all openings reaches 50%" in figure("curves", whole, name="all", title="t").description


def test_every_kind_is_drawn_here() -> None:
    assert set(RESULTS) == set(KINDS)


def test_the_funnel_names_who_lies_outside() -> None:
    said = draw("funnel").description
    assert "Fjelltel" in said
    assert "1.35 times expected" in said
    nobody = funnel(CountTable(pd.DataFrame(), {}, ("company",), "customers", True, reason="no exposure was given"))
    assert "no exposure was given" in figure("funnel", nobody, name="n", title="t").description


def test_the_tail_says_how_many_reach_ten() -> None:
    said = draw("tail").description
    assert "10 or more:" in said
    assert "power law with exponent 2." in said
    assert "no cascades" in figure("tail", TailFit(()), name="n", title="t").svg


def test_estimates_on_too_few_people_are_not_drawn_and_the_largest_come_first() -> None:
    many = [Estimate("rate", "rate", "share", 0.5, 0.4, 0.6, n, "m", {"company": f"firm {n}"}) for n in range(1, 40)]
    made = figure("intervals", many, name="many", title="t")
    assert "firm 4 " not in made.description
    assert "firm 39 50% (40% to 60%)" in made.description
    assert made.description.count("firm") == 24
    assert "15 with fewer data are left out" in made.description


def test_a_scenario_says_that_it_is_one() -> None:
    made = draw("scenario")
    assert "SCENARIO, NOT AN ESTIMATE" in made.svg
    assert made.description.startswith("Scenario, not an estimate.")
    assert set(made.table["banner"]) == {"Scenario, not an estimate"}


def test_a_curve_of_ratios_says_its_ends_and_that_there_is_none() -> None:
    made = draw("ratio", mark=24.0)
    assert "after 0.125 h" in made.description
    assert "after 128 h" in made.description
    assert len(made.table) == 12
    nothing = figure("ratio", speed().head(0), name="none", title="t")
    assert "not estimable" in nothing.svg
    assert "not estimable" in nothing.description


def test_curves_of_other_shares_say_of_what() -> None:
    other = curves()
    other.attrs["y"] = "share of openings"
    made = figure("curves", other, name="ends", title="t")
    assert "share of openings" in made.svg
    assert made.description.startswith("Step curves of the share of openings by hours")


def test_variants_of_an_estimate_are_named_by_their_ends() -> None:
    names = ("hazard_ratio", "hazard_ratio_naive", "hazard_ratio_cox")
    made = [Estimate(name, "hazard", "ratio", 0.7, 0.5, 0.9, 99, "m") for name in names]
    said = figure("intervals", made, name="ways", title="t").description
    assert "hazard ratio 0.7" in said
    assert "; naive 0.7" in said
    assert "hazard ratio naive" not in said
