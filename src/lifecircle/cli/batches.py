"""Commands that go through all units of a study."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from lifecircle.cli.catalogues import say
from lifecircle.cli.options import ALL_REPORTS, OutFolder, Reports, reports_of

SOME_FAILED, STOPPED = 4, 130
_SHOWN = 5


def batch(
    study: Annotated[
        Path, typer.Argument(help="STUDY.toml, or a prepared store.", show_default=False)
    ],
    out: OutFolder,
    by: Annotated[
        str, typer.Option("--by", help="Level or column: district, street, circle …")
    ] = "district",
    workers: Annotated[int, typer.Option("--workers", help="Processes on this machine.")] = 1,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="A Dask cluster instead: tcp://ADDRESS:8786.")
    ] = "",
    reports: Reports = ALL_REPORTS,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no list.")] = False,
) -> int:
    """Evaluate every unit of a level, with an overview of all; goes on where it was cut off."""
    import lifecircle as lc
    from lifecircle.tables.progress import silent

    wanted = reports_of(reports)
    try:
        with silent() if quiet else nullcontext():
            table = lc.run_districts(
                study, out, by=by, workers=workers, scheduler=scheduler or None, reports=wanted
            )
    except KeyboardInterrupt:
        say("已停止；做完的都在，用同一条命令接着跑。", err=True)
        say("stopped; what is done stays done, and the same command goes on.", err=True)
        return STOPPED
    failed = table[table["status"] == "failed"]
    if not quiet:
        done, people = len(table) - len(failed), table["people"].sum()
        say(f"{done} 个单元完成，{len(failed)} 个未完成，共 {people:,.0f} 人")
        say(f"{done} units done, {len(failed)} failed, {people:,.0f} people")
        for name in ("index.html", "summary.xlsx", "summary.gpkg"):
            typer.echo(f"  {out / name}")
    for row in failed.head(_SHOWN).to_dict("records"):
        say(f"failed: {row['name']} ({row['unit_id']}): {row['reason']}", err=True)
    if len(failed):
        say(f"all {len(failed)} that failed stand in {out / 'errors.csv'}", err=True)
    return SOME_FAILED if len(failed) else 0


def prepare(
    study: Annotated[Path, typer.Argument(help="STUDY.toml", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Folder of the store.")],
    by: Annotated[
        str, typer.Option("--by", help="Column of the units that is put together: district …")
    ] = "",
) -> None:
    """Cut a study small on disk, so that each worker of a cluster reads its part alone."""
    import lifecircle as lc

    store = lc.prepare_store(study, out, by=by)
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    typer.echo(f"{store} ({size / 1e6:,.1f} MB)")
