"""Shortfalls (短板): every requirement that is not met, those that weigh most first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.shortfall_counts import Counts, counted
from lifecircle.assessment.shortfall_needs import (
    BY_DISTANCE,
    KEY,
    Checked,
    Standards,
    chosen_rows,
)
from lifecircle.assessment.shortfall_places import place_names, places_text
from lifecircle.assessment.shortfall_reach import BEYOND, Numbers
from lifecircle.assessment.shortfall_sensitivity import Ranks, ranked, ranks_otherwise
from lifecircle.assessment.shortfall_survey import survey_weights
from lifecircle.assessment.shortfall_words import segment_word, walker_word, word
from lifecircle.errors import InputError
from lifecircle.standards import catalog

# The first columns of shortfalls.csv are fixed; more may follow.
SHORTFALL_COLUMNS = (
    "rank",
    "unit_id",
    "service",
    "people_short",
    "severity",
    "survey_weight",
    "priority",
    "level",
    "unit_name",
    "service_name",
    "standard",
    "clause",
    "tier",
    "confidence",
    "verify",
    "checks",
    "check",
    "segment",
    "walker",
    "minutes",
    "elderly_short",
    "children_short",
    "residents_short",
    "covered_share",
    "nearest_median_min",
    "nearest_mean_min",
    "beyond_people",
    "places_short",
    "where",
    "centre_lon",
    "centre_lat",
    "required",
    "found",
    "why",
    "how",
    "rank_slower",
    "rank_minute_less",
    "rank_minute_more",
    "rank_low",
    "rank_high",
    "rank_holds",
    "rank_note",
    "radius_m",
    "choice",
    "is_sum",
)
_RANKS = ("rank_slower", "rank_minute_less", "rank_minute_more", "rank_low", "rank_high")
_TEXT = (
    "unit_id", "service", "level", "unit_name", "service_name", "standard", "clause", "tier",
    "confidence", "verify", "checks", "check", "segment", "walker", "where", "required", "found",
    "why", "how", "rank_note", "choice",
)  # fmt: skip
_TOGETHER = ("capacity", "count")
# A rank holds while it moves by no more than one place, or by a tenth of itself further down.
STEADY_PLACES, STEADY_SHARE = 1, 0.1


def rank_shortfalls(
    health_check: Checked,
    *,
    standards: Standards = None,
    survey: pd.DataFrame | None = None,
    optional: bool = False,
    sensitivity: bool = True,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Every requirement that is not met: who is short, how far, where, and what it weighs.

    .. math:: \text{priority} = \text{people short} \times \text{severity} \times
        \text{survey weight}

    The severity of a walk is the mean over the people short of :math:`\min(1, (t - T) / T)`, their
    minutes :math:`t` beyond the time :math:`T`; whoever walks twice as long or finds no way counts
    1. Of a radius the same in metres; of numbers, sizes and capacity 1 - found / required; of what
    must be there and is not, 1. A requirement is counted by the first of its unmet checks in this
    order: walk, radius, capacity, number, presence, floor area, site area. People short of a walk
    are ``people - covered_people`` of the row of ``coverage`` for the same unit, service, walker
    and minutes.

    Where nothing stands inside the unit, neither presence nor an area is met. If the requirement
    names a walk or a radius as well, and that is met, the people short are those who are beyond it
    all the same, inside or outside the unit: with a walk for 80 % of the people up to a fifth of
    them, with one for everybody nobody (0 people, priority 0). Their severity is that of the walk
    or the radius. Where there is no walk or radius that could be decided everybody is
    short, by 1.

    A circle and its communities are ranked apart, each among the units of its own level: a circle
    holds everybody of its communities and would always come first. Equal priorities share a rank
    (1, 1, 3) and stand in the order of the units. What a standard asks of several services
    together (``is_sum``, such as all public facilities per 1000 people) repeats what the rows of
    the single services say, and nobody can build it: such rows are ranked behind all others of
    their level.

    Parameters
    ----------
    health_check
        A health check: its evaluation, verdicts and survey.
    standards
        A standard or its code, or several; the evaluation's own if not given.
    survey
        Cleaned answers; those of the health check if not given. All of their waves count alike:
        hand over one wave to rank by that. See :func:`lifecircle.survey_weight`.
    optional
        Whether requirements that a standard leaves to the planner are ranked too. What is marked
        neither mandatory nor optional always is.
    sensitivity
        Whether to ask if the ranks hold; the columns ``rank_…`` are unknown otherwise.
    draws
        How often a tenth of the facility points is left out.
    seed
        Of these draws; the same seed gives the same ranks.

    Returns
    -------
    DataFrame
        One row per requirement that is not met, by level and ``rank``. First ``rank, unit_id,
        service, people_short, severity, survey_weight, priority``. ``checks`` names all that is
        not met, ``check`` the one that counts. ``elderly_short``, ``children_short`` and
        ``residents_short`` are all that live in the homes concerned. ``nearest_median_min`` and
        ``nearest_mean_min`` are of the people short, the mean of those within twice the time;
        ``beyond_people`` walk longer, and where half of the people do there is no median.
        ``radius_m`` is the radius that counts, if one does, ``choice`` whose figure was used
        where standards disagree. ``rank_slower`` is the rank if everybody walks a tenth
        slower, ``rank_minute_less`` and ``rank_minute_more`` with another minute, ``rank_low`` and
        ``rank_high`` bound 90 % of the draws; each is unknown where the requirement is met then.
        ``rank_holds``: within one place, or a tenth of the rank, of ``rank`` in all of them. Empty
        where everything is met. Nothing is rounded.

    Raises
    ------
    UnknownNameError
        If nothing was checked by one of the standards.
    InputError, MissingColumnError
        If the table of compliance is not one, or ``draws`` is no number of draws.
    AlignmentError
        If the table of compliance speaks of another evaluation.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> found = health_check(evaluate(load_demo()))
    >>> first = rank_shortfalls(found, draws=20).iloc[0]
    >>> first["unit_id"], first["service"], int(first["people_short"])
    ('YH-SZT-01', 'sports_ground_medium', 26822)
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise InputError(f"draws={draws!r}: give a whole number of draws, such as 200.")
    needs, counts = counted(health_check, standards, optional=optional)
    if counts is None or not counts.unmet.any():
        return _typed(pd.DataFrame(columns=SHORTFALL_COLUMNS))
    answers = health_check.survey if survey is None else survey
    units = health_check.evaluation.study.units
    weight, surveyed = survey_weights(answers, needs.table, units)
    deciding = counts.deciding()
    row, need = np.asarray(deciding), np.asarray(deciding.index)
    table = _parts(counts, deciding, weight)
    sums = table["is_sum"].to_numpy(dtype=bool)
    table["how"] = _how(counts, table, row, surveyed[need])
    if sensitivity:
        ranks = ranks_otherwise(counts, row, weight[need], draws=draws, seed=seed, after=sums)
        table["rank"] = ranks.today
        _tell_ranks(table, ranks, health_check.evaluation.study.language)
    else:
        priority = table["priority"].to_numpy()[:, None]
        table["rank"] = ranked(priority, table["level"].to_numpy(), sums)[:, 0]
        table["rank_note"] = ""
    order = pd.Index(units["level"].unique()).get_indexer(pd.Index(table["level"]))
    table = table.iloc[np.lexsort((table["rank"], order))].reset_index(drop=True)
    return _typed(table.reindex(columns=SHORTFALL_COLUMNS))


def unknown_requirements(
    health_check: Checked,
    *,
    standards: Standards = None,
    optional: bool = False,
) -> pd.DataFrame:
    """Requirements of which something is not known: no shortfalls, and not met either.

    Parameters
    ----------
    health_check, standards, optional
        As for :func:`rank_shortfalls`.

    Returns
    -------
    DataFrame
        One row per requirement with a check that could not be decided: ``unit_id, unit_name,
        level, service, service_name, standard, clause, tier, mandatory, checks`` (those that are
        unknown), ``other_status`` (of its other checks: ``"not met"`` if one is not, then it is
        among the shortfalls too, ``"met"``, or ``""`` if there are none), ``required, why, verify,
        confidence``.

    Raises
    ------
    UnknownNameError, InputError, MissingColumnError
        As for :func:`rank_shortfalls`.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> found = health_check(evaluate(load_demo()))
    >>> unknown = unknown_requirements(found).iloc[0]
    >>> unknown[["unit_id", "service", "checks"]].to_list()
    ['YH-SZT-01', 'health_center', 'floor_area;site_area']
    """
    study = health_check.evaluation.study
    rows = chosen_rows(health_check, standards, optional=optional)
    separator = word("sentence", study.language)
    units = study.units.set_index("unit_id")
    found = []
    for key, group in rows.groupby(list(KEY), sort=False, dropna=False):
        lost = group[group["status"] == "unknown"]
        if len(lost) == 0:
            continue
        one: dict[str, Any] = dict(zip(KEY, key, strict=True))
        others = set(group["status"]) - {"unknown"}
        one["other_status"] = min(others, default="", key=lambda told: told != "not met")
        one["unit_name"] = units["name"].get(one["unit_id"], "")
        one["level"] = units["level"].get(one["unit_id"], "")
        one["service_name"] = catalog.service_name(str(one["service"]), study.language)
        one["mandatory"] = lost["mandatory"].iloc[0]
        one["confidence"] = lost["confidence"].iloc[0]
        one["checks"] = ";".join(lost["check"])
        for column in ("required", "why", "verify"):
            told = dict.fromkeys(str(text) for text in lost[column] if str(text).strip())
            one[column] = separator.join(told)
        found.append(one)
    columns = [
        "unit_id", "unit_name", "level", "service", "service_name", "standard", "clause", "tier",
        "mandatory", "checks", "other_status", "required", "why", "verify", "confidence",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns).astype(dict.fromkeys(columns, "object"))


def _parts(counts: Counts, deciding: pd.Series[int], weight: Numbers) -> pd.DataFrame:
    """Everything of the shortfalls but their ranks."""
    study, rows = counts.reach.study, counts.rows
    need, row = deciding.index.to_numpy(), deciding.to_numpy()
    here, language = rows.iloc[row].reset_index(drop=True), study.language
    table = pd.DataFrame({name: here[name] for name in (*KEY, "confidence")})
    for name in ("check", "required", "found", "why"):
        table[name] = here[name]
    table["unit_name"] = study.units["name"].to_numpy()[here["unit"]]
    table["level"] = study.units["level"].to_numpy()[here["unit"]]
    table["service_name"] = [catalog.service_name(name, language) for name in here["service"]]
    table["segment"] = [counts.segments[at] for at in row]
    ways = [counts.keys[at] for at in row]
    walked = np.array([key is not None and key.check == "walk" for key in ways], dtype=bool)
    table["walker"] = ["" if key is None else key.walker for key in ways]
    straight = np.array([key is not None and key.check == "radius" for key in ways], dtype=bool)
    table["minutes"] = np.where(walked, counts.limit[row], np.nan)
    table["radius_m"] = np.where(straight, counts.limit[row], np.nan)
    table["choice"] = here["choice"].fillna("").astype(str) if "choice" in here else ""
    table["is_sum"] = _sums(counts)[need]
    table["people_short"] = counts.people[row]
    table["severity"] = np.where(counts.people[row] > 0, counts.severity[row], 0.0)
    table["survey_weight"] = weight[need]
    table["priority"] = table["people_short"] * table["severity"] * table["survey_weight"]
    table["covered_share"] = counts.covered_share[row]
    open_rows = rows[counts.unmet]
    named = open_rows.groupby("need")["check"].agg(lambda told: ";".join(dict.fromkeys(told)))
    table["checks"] = named.reindex(need).to_numpy()
    doubtful = open_rows.assign(verify=open_rows["verify"].fillna("").astype(str))
    table["verify"] = doubtful.groupby("need")["verify"].max().reindex(need).to_numpy()
    names = pd.Categorical(place_names(study))
    homes = pd.DataFrame([_of_homes(counts, int(at), names) for at in row])
    return table.join(homes)


def _sums(counts: Counts) -> NDArray[np.bool_]:
    """Requirements of several services together that are no service of the catalogue."""
    rows = counts.rows
    several = np.array([len(accepted.services) > 1 for accepted in rows["accepted"]], dtype=bool)
    summed = several & (rows["check"] == "capacity").to_numpy()
    summed &= ~rows["service"].isin(catalog.services().index).to_numpy()
    return np.bincount(rows["need"][summed], minlength=len(counts.needs.table)) > 0


def _of_homes(counts: Counts, row: int, names: pd.Categorical) -> dict[str, Any]:
    """Who lives in the homes where people are short, where they are, how far they walk."""
    reach = counts.reach
    home, people = counts.short_homes(row)
    told: dict[str, Any] = {
        "residents_short": float(np.nansum(reach.count("people")[home])),
        "places_short": len(home),
        "where": places_text(names, home, people, reach.study.language),
        "centre_lon": np.nan,
        "centre_lat": np.nan,
        "nearest_median_min": np.nan,
        "nearest_mean_min": np.nan,
        "beyond_people": np.nan,
    }
    for name in ("elderly", "children"):
        count = reach.count(name)
        unknown = name not in reach.study.residents.columns
        told[f"{name}_short"] = np.nan if unknown else float(np.nansum(count[home]))
    if len(home):
        centre = np.average(reach.lonlat[home], axis=0, weights=people)
        told["centre_lon"], told["centre_lat"] = centre.tolist()
    key = counts.keys[row]
    if key is not None and key.check == "walk":
        way = counts.way_today(key)[home].astype(float)
        far = ~(way <= np.float32(BEYOND * key.limit))
        told["beyond_people"] = float(people[far].sum())
        if not far.all():
            told["nearest_mean_min"] = float(np.average(way[~far], weights=people[~far]))
        told["nearest_median_min"] = _median(np.where(far, np.inf, way), people)
    return told


def _median(way: Numbers, people: Numbers) -> float:
    """Minutes that half of the people do not exceed; NaN where that is not known."""
    if people.sum() <= 0:
        return float("nan")
    order = np.argsort(way, kind="stable")
    run = np.cumsum(people[order])
    value = float(way[order][np.searchsorted(run, run[-1] / 2 * (1 - 1e-12))])
    return value if np.isfinite(value) else float("nan")


def _how(
    counts: Counts, table: pd.DataFrame, row: NDArray[Any], surveyed: NDArray[np.bool_]
) -> list[str]:
    """How each priority came about, in words."""
    language, told = counts.reach.study.language, []
    figures = table[[
        "priority", "people_short", "severity", "survey_weight", "beyond_people",
        "nearest_median_min",
    ]].to_numpy(dtype=float)  # fmt: skip
    for at, known, line in zip(row.tolist(), surveyed, figures.tolist(), strict=True):
        priority, people, severity, weight, far, median = line
        check, key = str(counts.rows["check"].iloc[at]), counts.keys[at]
        kind = key.check if key else ("presence" if check == "presence" else "size")
        kind = "spared" if at in counts.spared else kind
        parts = [
            word("product", language).format(
                priority=priority, people=people, severity=severity, weight=weight
            ),
            word(f"how_{kind}", language).format(
                walker=walker_word(key.walker if key else "", language),
                limit=counts.limit[at],
                segment=segment_word(counts.segments[at], language),
            ),
        ]
        if key and check not in BY_DISTANCE:
            parts.insert(1, word("none_inside", language))
        if key and np.isnan(median) and far > 0:
            twice = BEYOND * key.limit
            parts.append(word("beyond", language).format(people=people, far=far, twice=twice))
        parts += _accepts(counts.needs.accepted(at).services, check, language, way=bool(key))
        if not known:
            parts.append(word("unsurveyed", language))
        if people == 0:
            parts.append(word("nobody", language))
        told.append(word("sentence", language).join(parts))
    return told


def _accepts(services: tuple[str, ...], check: str, language: str, *, way: bool) -> list[str]:
    """Which of several services would do, or are counted together."""
    if len(services) < 2:
        return []
    names = word("list", language).join(catalog.service_name(name, language) for name in services)
    kind = "accepts" if way or check == "presence" else "of_these"
    kind = "together" if check in _TOGETHER else kind
    return [word(kind, language).format(services=names)]


def _tell_ranks(table: pd.DataFrame, ranks: Ranks, language: str) -> None:
    """Write the ranks if things were otherwise into the table, and whether they hold."""
    columns = (ranks.slower, ranks.minute_less, ranks.minute_more, ranks.low, ranks.high)
    others, today = np.column_stack(columns), ranks.today
    allowed = np.maximum(STEADY_PLACES, np.floor(STEADY_SHARE * today)).astype(np.int64)
    steady = (np.abs(others - today[:, None]) <= allowed[:, None]) & (others > 0)
    for name, column in zip(_RANKS, others.T, strict=True):
        table[name] = pd.array(np.where(column > 0, column, -1), dtype="Int64")
        table.loc[column == 0, name] = pd.NA
    table["rank_holds"] = pd.array(steady.all(axis=1), dtype="boolean")
    table["rank_note"] = [
        _note(*row, language) for row in zip(today.tolist(), others.tolist(), steady, strict=True)
    ]


def _note(today: int, others: list[int], steady: NDArray[np.bool_], language: str) -> str:
    """What a rank holds against, or what it does not."""
    slower, less, more, low, high = others
    if steady.all():
        low, high = min(*others, today), max(*others, today)
        span = word("same" if low < high else "same_one", language)
        return word("holds", language) + span.format(low=low, high=high)
    parts = [
        word(name, language).format(rank=rank)
        for name, rank, holds in zip(
            ("slower", "minute_less"), (slower, less), steady[:2], strict=True
        )
        if not holds
    ]
    if not steady[2]:
        name = "minute_more" if more else "met_then"
        parts.append(word(name, language).format(rank=more))
    if not steady[3:].all():
        parts.append(word("drawn", language).format(low=low, high=high))
    return word("moves", language) + word("sentence", language).join(parts)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with one kind of value per column, also where it has no rows."""
    kinds: dict[str, str] = dict.fromkeys(SHORTFALL_COLUMNS, "float64")
    kinds |= dict.fromkeys(_TEXT, "object") | dict.fromkeys(_RANKS, "Int64")
    kinds |= {"rank": "int64", "places_short": "int64", "rank_holds": "boolean", "is_sum": "bool"}
    return table.astype(kinds)
