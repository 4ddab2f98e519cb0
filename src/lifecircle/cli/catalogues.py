"""Commands that show what comes packaged: standards, and systems of indicators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

standards_app = typer.Typer(
    help="Chinese standards as data: what they ask for, by which clause, and how sure our copy is.",
    rich_markup_mode=None,
)


@standards_app.callback(invoke_without_command=True)
def list_all(
    context: typer.Context,
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
) -> None:
    """List the standards that come packaged."""
    context.obj = check_language(language)
    if context.invoked_subcommand is None:
        from lifecircle.outputs.standard_text import list_standards

        typer.echo(list_standards(context.obj))


@standards_app.command()
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Such as GB50180-2018, or your own CSV.")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "",
    sources: Annotated[
        bool, typer.Option("--sources", help="Tell where each row was seen.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the rows as a CSV to edit.")
    ] = None,
) -> None:
    """Print a standard row by row; figures to be verified are marked."""
    from lifecircle.assessment.choices import law_of
    from lifecircle.outputs.standard_text import describe_standard, write_standard

    standard = law_of(code)
    if out is None:
        language = check_language(language or context.obj)
        typer.echo(describe_standard(standard, language=language, sources=sources))
    else:
        typer.echo(f"{write_standard(standard, out)}")


indicators_app = typer.Typer(
    help="Systems of indicators of the health check (体检指标体系).", rich_markup_mode=None
)


@indicators_app.callback(invoke_without_command=True)
def list_systems(
    context: typer.Context,
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
) -> None:
    """List the systems that come packaged, and how indicators are written."""
    context.obj = check_language(language)
    if context.invoked_subcommand is None:
        from lifecircle.outputs.standard_text import list_indicator_systems

        typer.echo(list_indicator_systems(context.obj))


@indicators_app.command("show")
def show_indicators(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Such as complete-community-2020.")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the rows as a CSV to edit.")
    ] = None,
) -> None:
    """Print a system of indicators, block by block; what is to be verified is marked."""
    from lifecircle.outputs.standard_text import describe_indicators, write_indicators

    if out is None:
        typer.echo(describe_indicators(code, language=check_language(language or context.obj)))
    else:
        typer.echo(f"{write_indicators(code, out)}")


def check_language(language: str) -> str:
    """A language that texts are written in.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If it is neither.

    Examples
    --------
    >>> check_language("en")
    'en'
    """
    from lifecircle.errors import UnknownNameError

    if language not in ("zh", "en"):
        raise UnknownNameError("language", language, ("zh", "en"))
    return language


def say(text: str, *, err: bool = False) -> None:
    r"""Print text; characters that a terminal obeys are shown instead.

    Parameters
    ----------
    text
        Words, perhaps with names out of data.
    err
        Whether it goes to where errors go.

    Examples
    --------
    >>> say("a\x1b[2Jb")
    a␛[2Jb
    """
    from lifecircle.tables.values import CONTROL_PICTURES

    signs = {code: sign for code, sign in CONTROL_PICTURES.items() if chr(code) not in "\t\n"}
    signs |= dict.fromkeys(range(0x80, 0xA0), "\ufffd")
    typer.echo(text.translate(signs), err=err)
