"""Kernels on pairs of people and places: compressed rows made, sorted, counted.

Arrays in, arrays out, compiled by numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Positions = NDArray[np.int32]
Integers = NDArray[np.int64]


@compiled
def count_pairs(
    person: Positions, minutes: NDArray[np.float32], limit_min: float, counts: Positions
) -> None:
    """Add to ``counts`` how many pairs each person has within the limit."""
    limit = np.float32(limit_min)
    for pair in range(len(person)):
        if minutes[pair] <= limit:
            counts[person[pair]] += 1


@compiled
def row_starts(counts: Positions, who: Positions, people_count: int) -> tuple[Integers, Integers]:
    """First pair of each person's row, and where the pairs of each of those found go next."""
    first = np.zeros(people_count + 1, dtype=np.int64)
    for found in range(len(who)):
        first[who[found] + 1] = counts[found]
    for row in range(people_count):
        first[row + 1] += first[row]
    return first, first[who]


@compiled
def place_pairs(
    place: Positions,
    counts: Integers,
    person: Positions,
    minutes: NDArray[np.float32],
    limit_min: float,
    at: Integers,
    places: Positions,
    ordered: NDArray[np.float32],
) -> None:
    """Put the pairs of some places, listed place after place, into the rows of the people found.

    ``at`` says where each person's next pair goes, and is moved on.
    """
    limit = np.float32(limit_min)
    pair = 0
    for index in range(len(counts)):
        for _ in range(counts[index]):
            if minutes[pair] <= limit:
                where = at[person[pair]]
                places[where], ordered[where] = place[index], minutes[pair]
                at[person[pair]] = where + 1
            pair += 1


@compiled
def sort_rows(
    first: Integers, places: Positions, minutes: NDArray[np.float32], place_count: int
) -> None:
    """Sort the pairs of each row by place; no place stands in a row twice."""
    told = np.full(place_count, np.float32(np.inf), dtype=np.float32)
    for row in range(len(first) - 1):
        begin, end = first[row], first[row + 1]
        if (end - begin) * 12 > place_count:  # a good part of all places: go through them
            for pair in range(begin, end):
                told[places[pair]] = minutes[pair]
            pair = begin
            for place in range(place_count):
                if told[place] < np.inf:
                    places[pair], minutes[pair] = place, told[place]
                    told[place] = np.inf
                    pair += 1
            continue
        if end - begin > 64:
            order = np.argsort(places[begin:end])
            places[begin:end] = places[begin:end][order]
            minutes[begin:end] = minutes[begin:end][order]
            continue
        for pair in range(begin + 1, end):
            place, time_min = places[pair], minutes[pair]
            before = pair - 1
            while before >= begin and places[before] > place:
                places[before + 1], minutes[before + 1] = places[before], minutes[before]
                before -= 1
            places[before + 1], minutes[before + 1] = place, time_min


@compiled
def shortest_of_each(
    first: Integers, places: Positions, minutes: NDArray[np.float32]
) -> tuple[Integers, Positions, NDArray[np.float32]]:
    """Rows in which a place that stands several times in a row, side by side, keeps its least."""
    rows = len(first) - 1
    new_first = np.zeros(rows + 1, dtype=np.int64)
    for row in range(rows):
        count = 0
        for pair in range(first[row], first[row + 1]):
            count += 1 if pair == first[row] or places[pair] != places[pair - 1] else 0
        new_first[row + 1] = new_first[row] + count
    new_places = np.empty(new_first[rows], dtype=np.int32)
    new_minutes = np.empty(new_first[rows], dtype=np.float32)
    for row in range(rows):
        at = new_first[row] - 1
        for pair in range(first[row], first[row + 1]):
            if pair == first[row] or places[pair] != places[pair - 1]:
                at += 1
                new_places[at], new_minutes[at] = places[pair], minutes[pair]
            elif minutes[pair] < new_minutes[at]:
                new_minutes[at] = minutes[pair]
    return new_first, new_places, new_minutes


@compiled
def nearest_by_label(
    row_first: Integers,
    place: Positions,
    minutes: NDArray[np.float32],
    label: Integers,
    labels: int,
) -> NDArray[np.float32]:
    """Fewest minutes of each row to a place of each label (-1: none), infinite if there is none."""
    best = np.full((len(row_first) - 1, labels), np.float32(np.inf), dtype=np.float32)
    for row in range(len(row_first) - 1):
        for pair in range(row_first[row], row_first[row + 1]):
            column = label[place[pair]]
            if column >= 0 and minutes[pair] < best[row, column]:
                best[row, column] = minutes[pair]
    return best


@compiled
def counts_by_label(
    row_first: Integers, place: Positions, label: Integers, labels: int
) -> Positions:
    """How many places of each label (-1: none) stand in each row."""
    counts = np.zeros((len(row_first) - 1, labels), dtype=np.int32)
    for row in range(len(row_first) - 1):
        for pair in range(row_first[row], row_first[row + 1]):
            column = label[place[pair]]
            if column >= 0:
                counts[row, column] += 1
    return counts


@compiled
def merge_rows(
    first: Integers,
    places: Positions,
    minutes: NDArray[np.float32],
    owner: Positions,
    owner_count: int,
    place_count: int,
) -> tuple[Integers, Positions, NDArray[np.float32]]:
    """One row for each owner of several: each place once, with its least minutes, sorted.

    ``owner`` says whose each row is.
    """
    told = np.full(place_count, np.float32(np.inf), dtype=np.float32)
    new_first = np.zeros(owner_count + 1, dtype=np.int64)
    new_places = np.empty(len(places), dtype=np.int32)
    new_minutes = np.empty(len(places), dtype=np.float32)
    order = np.argsort(owner, kind="mergesort")
    item, at = 0, 0
    for person in range(owner_count):
        start, rows = at, 0
        while item < len(order) and owner[order[item]] == person:
            row = order[item]
            for pair in range(first[row], first[row + 1]):
                place = places[pair]
                if told[place] == np.inf:
                    new_places[at] = place
                    at += 1
                told[place] = min(told[place], minutes[pair])
            item += 1
            rows += 1
        if rows > 1:
            new_places[start:at] = np.sort(new_places[start:at])
        for pair in range(start, at):
            new_minutes[pair] = told[new_places[pair]]
            told[new_places[pair]] = np.inf
        new_first[person + 1] = at
    return new_first, new_places[:at].copy(), new_minutes[:at].copy()
