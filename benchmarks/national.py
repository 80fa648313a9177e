"""Writes a prepared folder of a national size, for the benchmarks of the reports.

    python benchmarks/national.py OUT --cases N [--shares M] [--seed S] [--workers W]

The folder is what `scsr prepare` would leave, but nothing is cleaned: simulated text is clean. It is drawn market by
market, each of about 10^5 cases under a seed of its own, from the same parts that `scsr.simulate` draws with, and each
written before the next, so that memory does not grow with the number of cases. The markets are samples of the same
firms in the same two years: exposure adds up over them, a firm's desk is one speaker throughout, and every other person
and every conversation belongs to one market.

Texts are the sentences of the simulator's voices, in its plans, but drawn with replacement from a bank of filled
sentences, so that messages repeat others by chance (three of ten at 10^5 cases, six of ten at 10^6): what is gained
by looking at a text once is overstated here; lemmas are those of the sentences.
Shares are brought to the number that is asked for by the number of cascades. Cases are derived as `scsr prepare` does.
Provenance, duplicates and rejects stay empty: no raw file stands behind the rows.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scsr.analysis.simulate import cascades, churn, openings, turns
from scsr.analysis.simulate.compose import PLANS, Composer, voices
from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS, TOPICS, VOICED, Parameters, parameters
from scsr.corpus.store import Manifest, Publisher, manifest
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.publish import PART_ROWS
from scsr.corpus.store.wording import Wording
from scsr.corpus.threads import derive_cases

MARKET_CASES = 100_000
CASES_AT_SCALE_1 = 4_800
SHARES_PER_CASE = 0.717  # at the simulator's own number of cascades
FILLED = 64  # sentences of the bank for each group, firm and language
DESKS = 7  # seed of the ids of the firms' desks, which are the same in every market
FIRM_NAMES = [firm.name for firm in FIRMS]


@dataclass(frozen=True)
class Order:
    """What one market is drawn from."""

    seed: int
    number: int
    n_cases: int
    shares_per_case: float


def ids(n: int, rng: np.random.Generator) -> pa.StringArray:
    """Draw ids of the contract's form: 128 bits, hexadecimal."""
    offsets = np.arange(0, 32 * (n + 1), 32, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(rng.bytes(16 * n).hex().encode()))


class People:
    """Ids of speakers: those of a market, and the desks of the firms, which every market shares."""

    def __init__(self, names: np.ndarray, rng: np.random.Generator) -> None:
        self.codes, found = pd.factorize(names)
        desks = [f"f{firm}{country}" for firm in range(len(FIRMS)) for country in COUNTRIES]
        known = dict(zip(desks, ids(len(desks), np.random.default_rng(DESKS)).to_pylist(), strict=True))
        made = ids(len(found), rng).to_pandas()
        desk = pd.Series(found).map(known)
        self.ids = pa.array(desk.fillna(made), pa.string())

    def of(self, rows: slice) -> pa.Array:
        """Ids of some of the names that were given."""
        return self.ids.take(pa.array(self.codes[rows]))


class Bank:
    """Filled sentences with their lemmas, by language, group of sentences and firm."""

    def __init__(self) -> None:
        from scsr.text.tokens import lemmas

        composer = Composer(np.random.default_rng(1))
        self.first: dict[tuple[str, str, int], int] = {}
        sentences: list[str] = []
        words: list[list[str]] = []
        groups = sorted({name for plans in PLANS.values() for plan in plans for name in plan})
        groups = sorted({g.replace("{topic}", topic) for g in groups for topic in TOPICS})
        for language, group, firm in itertools.product(VOICED, groups, range(len(FIRMS))):
            slots, lines = voices(language)
            self.first[language, group, firm] = len(sentences)
            pool = lines[group]
            new = [composer.fill(pool[i % len(pool)], slots, FIRM_NAMES[firm]) for i in range(FILLED)]
            sentences += new
            words += [lemmas(sentence, language) for sentence in new]
        self.sentences = pa.array(sentences)
        self.lemmas = pa.array(words, pa.list_(pa.string()))

    def compose(self, key: pd.DataFrame, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
        """Compose a text for each row of ``plan, language, topic, firm``, and take its lemmas."""
        chosen = np.full((len(key), max(len(plan) for plans in PLANS.values() for plan in plans)), -1)
        for (plan, language, topic, firm), rows in key.groupby(list(key), sort=True, observed=True).indices.items():
            variant = rng.integers(len(PLANS[plan]), size=len(rows))
            for number, groups in enumerate(PLANS[plan]):
                mine = rows[variant == number]
                for place, group in enumerate(groups):
                    start = self.first[language, group.replace("{topic}", topic), firm]
                    # two sentences of one group in one text come from different thirds of its pool
                    third = rng.integers(FILLED // 3, size=len(mine)) * 3 + place % 3
                    chosen[mine, place] = start + third
        parts = [self.sentences.take(pa.array(column, mask=column < 0)) for column in chosen.T]
        text = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
        said = chosen.ravel()
        return text, flattened(self.lemmas.take(pa.array(said[said >= 0])), (chosen >= 0).sum(axis=1))


def flattened(lists: pa.ListArray, runs: np.ndarray) -> pa.ListArray:
    """Join runs of lists to one list each."""
    ends = np.asarray(lists.offsets)[np.concatenate([[0], np.cumsum(runs)])]
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), lists.values)


@cache
def bank() -> Bank:
    """Fill the bank once in each process."""
    return Bank()


def text(values: Any, codes: np.ndarray) -> pa.DictionaryArray:
    """Encode text that is known by its place in a short list."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values)).cast(pa.string())


def firm_columns(firm: np.ndarray, country: np.ndarray) -> dict[str, pa.Array]:
    """Company, sector and country of indices."""
    return {
        "company": text(FIRM_NAMES, firm),
        "sector": text([f.sector for f in FIRMS], firm),
        "country": text(COUNTRIES, country),
    }


def instants(p: Parameters, minutes: Any) -> pa.Array:
    """Turn minutes since the start into instants; minutes that are not finite become null."""
    value = np.asarray(minutes, dtype=float)
    known = np.isfinite(value)
    start = pd.Timestamp(p.start, tz="UTC").value // 1000
    stamp = np.where(known, start + np.round(np.where(known, value, 0) * 60e6), 0).astype(np.int64)
    return pa.array(stamp, mask=~known).cast(pa.timestamp("us", tz="UTC"))


def table(columns: dict[str, Any], source: str) -> pa.Table:
    """Make a table of columns, with its source."""
    made = pa.table(columns)
    made = made.append_column("source", pa.array([source]).take(pa.array(np.zeros(len(made), dtype=np.int32))))
    return made.append_column("synthetic", pa.array(np.ones(len(made), dtype=bool)))


def market(order: Order) -> dict[str, Any]:
    """Draw one market: its tables, and its exposure as a frame."""
    p = parameters()
    p = parameters(cascade_seeds_per_complaint=p.cascade_seeds_per_complaint * order.shares_per_case / SHARES_PER_CASE)
    streams = [np.random.default_rng([order.seed, order.number, part]) for part in range(9)]
    end = (pd.Timestamp(p.observed_until) - pd.Timestamp(p.start)).total_seconds() / 60
    scale = order.n_cases / CASES_AT_SCALE_1
    exposure = openings.draw_exposure(p, scale, streams[0])
    cases = openings.draw_openings(p, scale, exposure, streams[1])
    openings.add_responses(cases, p, streams[2])
    churn.draw_churn(cases, p, streams[3])
    turn = turns.draw_turns(cases, end, streams[4])
    outcomes = churn.draw_outcomes(p, scale, cases, exposure, end, streams[3])
    shares, _ = cascades.draw_shares(p, cases, end, streams[6], streams[7])
    names = np.concatenate([turn["speaker"], outcomes["customer"], sharers(shares, cases)])
    people = People(names, streams[8])
    a, b = len(turn), len(turn) + len(outcomes)
    return {
        "utterances": utterances(p, turn, cases, people.of(slice(0, a)), streams[5]),
        "outcomes": outcome_table(p, outcomes, people.of(slice(a, b))),
        "shares": share_table(p, shares, people.of(slice(b, None)), streams[8]),
        "exposure": exposure.assign(n_cases=len(cases)),
    }


def utterances(
    p: Parameters, turn: pd.DataFrame, cases: pd.DataFrame, speaker: pa.Array, rng: np.random.Generator
) -> pa.Table:
    """Make the table of utterances."""
    row, parent = turn["case"].to_numpy(), turn["parent"].to_numpy()
    opening = (turn["turn"] == "opening").to_numpy()
    firm, language = cases["firm"].to_numpy()[row], cases["language"].to_numpy(object)[row]
    own = ids(len(turn), rng)
    first = np.empty(len(cases), dtype=np.int64)
    first[row[opening]] = np.flatnonzero(opening)
    key = pd.DataFrame(
        {
            "plan": turn["plan"].to_numpy(), "language": language,
            "topic": cases["topic"].fillna("staff").to_numpy(object)[row], "firm": firm,
        }
    )  # fmt: skip
    words, lemmas = bank().compose(key, rng)
    follow = np.where(turn["role"].isin(["firm", "employee"]), "reply", "comment")
    stated = {}
    for name in ("topic", "severity", "urgent", "valence"):
        values = cases[name].astype(object).where(cases[name].notna(), None).to_numpy(object)[row]
        stated[name] = pa.array(np.where(opening, values, None), from_pandas=True)
    n = len(turn)
    return table(
        {
            "utterance_id": own,
            "conversation_id": own.take(pa.array(first[row])),
            "reply_to": own.take(pa.array(parent, mask=parent < 0)),
            "speaker_id": speaker,
            "speaker_role": pa.array(turn["role"].to_numpy(object)),
            **firm_columns(firm, cases["country"].to_numpy()[row]),
            "channel": pa.array(cases["channel"].to_numpy(object)[row]),
            "kind": pa.array(np.where(opening, cases["kind"].to_numpy(object)[row], follow)),
            "published_at": instants(p, turn["minute"]),
            "date_precision": text(["minute"], np.zeros(n)),
            "language": pa.array(language),
            "language_confidence": pa.array(np.ones(n)),
            "text": words,
            "lemmas": lemmas,
            **stated,
            "sampling": text(["complete"], np.zeros(n)),
        },
        "simulated-cases",
    )


def outcome_table(p: Parameters, outcomes: pd.DataFrame, speaker: pa.Array) -> pa.Table:
    """Make the table of outcomes."""
    return table(
        {
            "speaker_id": speaker,
            "company": text(FIRM_NAMES, outcomes["firm"].to_numpy()),
            **{name: instants(p, outcomes[name]) for name in ("at", "observed_from", "observed_until")},
            "outcome": pa.array(outcomes["outcome"].to_numpy(object)),
            "value": pa.array(outcomes["value"].to_numpy(float), from_pandas=True),
        },
        "simulated-outcomes",
    )


def sharers(shares: pd.DataFrame, cases: pd.DataFrame) -> np.ndarray:
    """Name who shares as the cases name them: the customer at the root of a customer's cascade, and the firm's desk."""
    case, about = np.maximum(shares["case"].to_numpy(), 0), shares["about"].to_numpy()
    role = shares["speaker_role"].to_numpy(object)
    own = (shares["case"].to_numpy() >= 0) & (role == "customer")
    customer = "c" + cases["customer"].astype(str).to_numpy(object)[case]
    country = np.array(COUNTRIES, dtype=object)[cases["country"].to_numpy()[about]]
    desk = "f" + cases["firm"].astype(str).to_numpy(object)[about] + country
    return np.where(own, customer, np.where(role == "firm", desk, "s" + shares["share"].astype(str).to_numpy(object)))


def share_table(p: Parameters, shares: pd.DataFrame, speaker: pa.Array, rng: np.random.Generator) -> pa.Table:
    """Make the table of shares."""
    place = np.full(int(shares["share"].max()) + 1 if len(shares) else 0, -1)
    place[shares["share"].to_numpy()] = np.arange(len(shares))
    parent = shares["parent"].to_numpy()
    own, cascade = ids(len(shares), rng), ids(int(shares["cascade"].max()) + 1 if len(shares) else 0, rng)
    above = np.where(parent >= 0, place[parent], -1)
    return table(
        {
            "share_id": own,
            "cascade_id": cascade.take(pa.array(shares["cascade"].to_numpy())),
            "parent_id": own.take(pa.array(above, mask=above < 0)),
            "t_h": pa.array(shares["t_h"].round(3).to_numpy()),
            "root_at": instants(p, shares["root_minute"]),
            "observed_until_h": pa.array(shares["observed_until_h"].round(3).to_numpy()),
            "n_followers": pa.array(shares["n_followers"].to_numpy(np.int64)),
            "speaker_id": speaker,
            "speaker_role": pa.array(shares["speaker_role"].to_numpy(object)),
            "valence": pa.array(shares["valence"].to_numpy(object)),
        },
        "simulated-shares",
    )


def exposure_table(exposure: pd.DataFrame) -> pa.Table:
    """Make the table of exposure."""
    columns = {name: pa.array(exposure[name]) for name in ("period_start", "period_end", "n_exposed")}
    where = firm_columns(exposure["firm"].to_numpy(), exposure["country"].to_numpy())
    unit = text(["customers"], np.zeros(len(exposure)))
    return table({**where, **columns, "exposure_unit": unit}, "simulated-exposure")


def drawn(orders: list[Order], workers: int) -> Iterator[dict[str, Any]]:
    """Draw the markets in order, a few ahead of who takes them."""
    if workers < 2:
        yield from map(market, orders)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        waiting: list[Future[dict[str, Any]]] = []
        for order in orders:
            waiting.append(pool.submit(market, order))
            if len(waiting) > workers:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def national(out: Path, n_cases: int, n_shares: int | None = None, seed: int = 1, workers: int = 1) -> dict[str, int]:
    """Write a prepared folder of about so many cases.

    Parameters
    ----------
    out : Path
    n_cases : int
    n_shares : int, optional
        As many as the simulator gives these cases unless stated.
    seed : int
    workers : int
        The same bytes come out for any number.

    Returns
    -------
    dict
        Number of rows of each table.
    """
    per_case = n_shares / n_cases if n_shares is not None else SHARES_PER_CASE
    n_markets = max(1, round(n_cases / MARKET_CASES))
    orders = [Order(seed, number, round(n_cases / n_markets), per_case) for number in range(n_markets)]
    total: pd.DataFrame | None = None
    with Publisher(out) as publisher:
        for made in drawn(orders, workers):
            one = made.pop("exposure")
            for name, rows in made.items():
                for start in range(0, len(rows), PART_ROWS):
                    publisher.add(name, rows["source"][0].as_py(), rows.slice(start, PART_ROWS))
            if total is None:
                total = one
            else:
                total["n_exposed"] += one["n_exposed"]
        assert total is not None
        publisher.add("exposure", "simulated-exposure", exposure_table(total))
        accounted = accounts(publisher.tables(True))
        add_cases(publisher, {one["name"]: one["observed_until"] for one in accounted if one["observed_until"]})
        tables = publisher.tables(True)
        publisher.publish(Manifest(tables, accounted, key_fingerprint="simulated", synthetic=True))
    word(out, workers)
    return {name: described["n_rows"] for name, described in tables.items()}


def add_cases(publisher: Publisher, stated: dict[str, str]) -> None:
    """Derive the cases of what was published, and publish them with it."""
    with tempfile.TemporaryDirectory(dir=publisher.out, prefix="cases-") as scratch:
        parts = publisher.parts["utterances"]
        for name, source, rows in derive_cases(publisher.out, parts, Path(scratch), stated):
            publisher.add(name, source, rows)


def word(out: Path, workers: int) -> None:
    """Keep the runs of words of every part, as `scsr prepare` does."""
    folder = Folder.of(out)
    named = [[part["name"]] for part in manifest(out).tables["utterances"]["files"]]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(Wording.complete, (Wording(folder, one) for one in named)))


def accounts(tables: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """State for each source what the reports read of its account."""
    until = pd.Timestamp(parameters().observed_until, tz="UTC").isoformat()
    return tuple(
        {
            "name": source, "table": name, "reader": "simulated", "licence": "MIT", "collected_at": None,
            "observed_until": until if name == "utterances" else None, "synthetic": True,
            "n_rows": tables[name]["n_rows"], "n_read": tables[name]["n_rows"], "n_rejects": 0,
        }
        for name in ("utterances", "exposure", "outcomes", "shares")
        for source in sorted({part["source"] for part in tables[name]["files"]})
    )  # fmt: skip


def main() -> None:
    """Read the command line."""
    reader = argparse.ArgumentParser(description="Write a prepared folder of a national size.")
    reader.add_argument("out", type=Path)
    reader.add_argument("--cases", type=int, required=True)
    reader.add_argument("--shares", type=int)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--workers", type=int, default=1)
    given = reader.parse_args()
    for name, n in national(given.out, given.cases, given.shares, given.seed, given.workers).items():
        print(f"{name:12}{n:12,}")


if __name__ == "__main__":
    main()
