"""The command line: parse, call, print. Exit codes: 0 done, 1 something failed, 2 bad input."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app", "main"]

app = typer.Typer(
    help="How often Nordic customers complain, whether a faster answer keeps them, how far word of mouth spreads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of processed tables.", show_default="data/processed")]
Out = Annotated[Path, typer.Option("--out", help="Folder of the reports.")]


@app.command()
def prepare(
    raw: Annotated[Path, typer.Argument(help="Folder of raw files.")] = Path("data/raw"),
    sources: Annotated[Path | None, typer.Option("--sources", help="What the files are; RAW/sources.toml.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.")] = Path("data/processed"),
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    dask: Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Dask scheduler to work on.")] = None,
) -> None:
    """Turn raw pages and exports into clean, pseudonymised tables."""
    from scsr.corpus.prepare import describe
    from scsr.corpus.prepare import prepare as make

    signal.signal(signal.SIGTERM, stop)
    print("\n".join(describe(make(raw, out, sources, workers, dask=dask))))


@app.command()
def forget(
    identity: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="A speaker_id or utterance_id; with --source a raw name; - reads one line."),
    ] = None,
    data: Data = None,
    source: Annotated[str | None, typer.Option("--source", help="Source that uses the raw name.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Only show who is remembered.")] = False,
) -> None:
    """Leave a person out of all tables from the next prepare on."""
    from scsr.corpus.prepare.forget import forget as remember
    from scsr.corpus.prepare.forget import forgotten_ids

    if show or identity is None:
        ids = forgotten_ids(data)
        print("\n".join([f"{len(ids)} to be forgotten", *ids]))
        return
    print(remember(sys.stdin.readline() if identity == "-" else identity, data, source, undo=undo))


@app.command()
def render(
    reports: Annotated[list[str] | None, typer.Argument(help="Reports; all by default.", metavar="[REPORT]...")] = None,
    data: Data = None,
    out: Out = Path("reports"),
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Notebooks at a time.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Render what is fresh, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    show: Annotated[bool, typer.Option("--parameters", help="Only show the parameters of REPORT.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say what happens as JSON lines.")] = False,
    log: Annotated[Path | None, typer.Option("--log", help="File to add JSON lines to.", show_default="none")] = None,
) -> None:
    """Run notebooks and publish them as HTML reports, but those that are fresh."""
    from scsr.reports import runner, talk

    config = talk.config(out)
    if show:
        print(talk.parameters(config, reports or []))
        return
    folder = talk.data_folder(data, config)
    if dry_run:
        print(talk.plan(runner.plan(config, folder, out, reports or [], settings or [], force)))
        return
    signal.signal(signal.SIGTERM, stop)
    tell = talk.Progress(as_json, log)
    summary = runner.render(
        config, folder, out, reports or [], settings or [], workers=workers, force=force, tell=tell
    )  # fmt: skip
    tell.end(summary, out)
    if summary.failed:
        raise typer.Exit(1)


@app.command()
def status(
    data: Data = None,
    out: Out = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say which reports are fresh, stale or failed, and why."""
    from scsr.reports import runner, talk

    config = talk.config(out)
    print(talk.status(runner.status(config, talk.data_folder(data, config), out), as_json))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A results.json, or the folder of a report or of reports.")],
    new: Annotated[Path, typer.Argument(help="The same, later.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say which numbers moved between two runs, and what was different."""
    from scsr.reports import diff as compare
    from scsr.reports.publish import dumps

    found = compare.compare_paths(old, new)
    if as_json:
        print(dumps({"differences": [one.as_dict() for one in found]}), end="")
    else:
        print("\n".join(compare.text(one) for one in found))


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder for the made-up tables and their truth.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draw.")] = 1,
    scale: Annotated[float, typer.Option("--scale", help="How much more than the sample.")] = 1.0,
) -> None:
    """Draw synthetic data of which the truth is known."""
    from scsr.analysis.simulate import simulate as draw
    from scsr.analysis.simulate.writer import write

    for path in write(draw(seed, scale), out).values():
        print(path)


@app.command()
def label(
    coder: Annotated[str | None, typer.Argument(help="Who will label; without, say what has been labelled.")] = None,
    data: Data = None,
    n: Annotated[int, typer.Option("--n", min=1, help="Utterances to draw.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw; the same for coders to be compared.")] = 1,
    language: Annotated[list[str] | None, typer.Option("--language", help="Only these, such as sv.")] = None,
) -> None:
    """Draw utterances for a coder to label complaint or not, or read the labels back and say how coders agree."""
    from scsr.analysis import labels
    from scsr.corpus.inputs import read_labels, write_sheet
    from scsr.corpus.store import load

    if coder is None:
        given = read_labels(data)
        print("\n".join(labels.describe_labels(given, given.attrs["n_undecided"])))
        return
    sheet = labels.draw_sheet(load("utterances", data=data), n, seed, language)
    print(write_sheet(sheet, coder, data))
    print(labels.describe_sheet(sheet))


def stop(number: int, _: object) -> None:
    """End by a signal as by an error: what was begun is tidied up."""
    raise SystemExit(128 + number)


def main() -> None:
    """Run the command line; an error that the user can mend is one message, without a traceback."""
    try:
        app()
    except Exception as error:
        from scsr.errors import RenderError, ScsrError, WorkerError

        if isinstance(error, ScsrError):
            print(f"scsr: {error}", file=sys.stderr)
            raise SystemExit(1 if isinstance(error, RenderError | WorkerError) else 2) from None
        if isinstance(error, OSError):
            print(f"scsr: {error}; what is published is whole", file=sys.stderr)
            raise SystemExit(1) from None
        raise


if __name__ == "__main__":
    main()
