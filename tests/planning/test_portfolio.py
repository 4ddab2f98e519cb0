"""Portfolios against brute force: small cases, all choices tried."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.errors import InfeasibleError, InputError
from lifecircle.planning.portfolio import Offer, Terms, choose_portfolio, needed_with

MANY = settings(max_examples=300)
NAMES = "ABCDEFGH"


def offer(cost, parts=None, floors=None, **helped):
    """Projects A, B, … of known cost; parts as (project, floor); helped: people by their parts.

    ``helped`` names groups: ``people_70=[0]`` are 70 people whom part 0 helps.
    """
    parts = [(row, 0.0) for row in range(len(cost))] if parts is None else parts
    pairs = [(group, part) for group, listed in enumerate(helped.values()) for part in listed]
    return Offer(
        tuple(NAMES[: len(cost)]),
        np.array(cost, dtype=float),
        np.array([project for project, _ in parts], dtype=np.int64),
        np.array([floor for _, floor in parts], dtype=float),
        np.array([np.inf] * len(cost) if floors is None else floors, dtype=float),
        np.array([group for group, _ in pairs], dtype=np.int64),
        np.array([part for _, part in pairs], dtype=np.int64),
        np.array([float(name.split("_")[1]) for name in helped], dtype=float),
    )


@st.composite
def cases(draw):
    """Offers with ties, free projects, unknown costs and floors that do not do for all; terms."""
    count = draw(st.integers(1, 5))
    cost = [draw(st.sampled_from([0, 1, 2, 2, 3.5, 8, np.nan])) for _ in range(count)]
    owners = sorted(draw(st.lists(st.integers(0, count - 1), max_size=6)))
    parts = [(owner, draw(st.sampled_from([0, 1, 2, 3.5]))) for owner in owners]
    floors = [draw(st.sampled_from([np.inf, 0, 2, 3])) for _ in range(count)]
    groups = {}
    for number in range(draw(st.integers(0, 5))):
        people = draw(st.sampled_from([1, 3, 10, 12.5]))
        helping = st.lists(st.integers(0, max(len(parts) - 1, 0)), unique=True)
        groups[f"{number}_{people}"] = draw(helping) if parts else []
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = st.lists(pair.filter(lambda both: both[0] != both[1]), max_size=2)
    some = st.sets(st.integers(0, count - 1), max_size=2).map(sorted)
    budget = draw(st.sampled_from([None, 1, 3, 5.5, 9, 30]))
    terms = Terms(budget, draw(pairs), draw(pairs), draw(some), draw(some))
    return offer(cost, parts, floors, **groups), terms


def people(of, parts):
    met = {int(group) for group, part in zip(of.need, of.part, strict=True) if parts[part]}
    return sum(of.weight[group] for group in met)


def price(of, projects):
    return of.cost_cny[np.array(projects, dtype=bool)].sum()


def kept(of, terms, projects, parts):
    """Whether a choice keeps to all that must hold."""
    own = all(projects[owner] for owner, taken in zip(of.project, parts, strict=True) if taken)
    floor = np.bincount(
        of.project, weights=of.part_floor_m2 * np.array(parts, float), minlength=len(projects)
    )
    paid = terms.budget_cny is None or price(of, projects) <= terms.budget_cny
    return (
        own
        and bool((floor <= of.floor_m2).all())
        and bool(paid)
        and all(projects[other] for one, other in terms.requires if projects[one])
        and not any(projects[one] and projects[other] for one, other in terms.excludes)
        and all(projects[one] for one in terms.must)
        and not any(projects[one] for one in terms.never)
    )


def choices(of, terms):
    """Every choice that is allowed."""
    for projects in product([False, True], repeat=len(of.project_ids)):
        for parts in product([False, True], repeat=len(of.project)):
            if kept(of, terms, projects, parts):
                yield projects, parts


def adds_nothing(of, terms, found):
    """Projects that could be left out without anybody losing anything."""
    for row in np.flatnonzero(found.projects):
        projects, parts = found.projects.copy(), found.parts.copy()
        projects[row], parts[of.project == row] = False, False
        same = people(of, parts) == people(of, found.parts)
        if same and kept(of, terms, projects, parts):
            yield row


@MANY
@given(cases())
def test_no_choice_meets_more_and_none_that_meets_as_much_costs_less(case):
    of, terms = case
    allowed = list(choices(of, terms))
    if not allowed:
        with pytest.raises((InfeasibleError, InputError), match=r"must be taken"):
            choose_portfolio(of, terms)
        return
    found = choose_portfolio(of, terms)
    assert kept(of, terms, found.projects, found.parts)
    most = max(people(of, parts) for _, parts in allowed)
    assert found.people == pytest.approx(most)
    assert found.people == pytest.approx(people(of, found.parts))
    assert found.bound_people == pytest.approx(most, rel=1e-6)
    assert not list(adds_nothing(of, terms, found))
    if np.isfinite(of.cost_cny).all():
        equal = [taken for taken, parts in allowed if people(of, parts) > most - 1e-9]
        assert price(of, found.projects) == pytest.approx(min(price(of, one) for one in equal))
    again = choose_portfolio(of, terms)
    assert again.projects.tolist() == found.projects.tolist()
    assert again.parts.tolist() == found.parts.tolist()


@settings(max_examples=150)
@given(cases())
def test_what_cannot_be_says_why(case):
    """The reason named is one: without it the message is another, or there is a choice."""
    of, terms = case
    try:
        choose_portfolio(of, terms)
    except (InfeasibleError, InputError) as error:
        text = str(error)
        least = needed_with(terms.must, terms.requires)
        if "may never be taken" in text:
            assert set(least) & set(terms.never)
        elif "exclude each other" in text:
            assert any({*pair} <= set(least) for pair in terms.excludes)
        elif "no cost is known" in text:
            assert np.isnan(of.cost_cny[least]).any()
        else:
            assert "budget_cny is" in text
            assert of.cost_cny[least].sum() > terms.budget_cny
        assert any(of.project_ids[row] in text for row in least)


# ----------------------------------------------------------------------------- by hand


def taken(of, **terms):
    found = choose_portfolio(of, Terms(**terms))
    return "".join(NAMES[row] for row in np.flatnonzero(found.projects)), found.people


def test_two_that_overlap_are_counted_once():
    """A helps 70, B 20 of them and 30 others, C 30 more; A and C go with 10, B and C with 9."""
    three = offer([6, 5, 4], one_70=[0, 1], two_30=[1], three_30=[2])
    assert taken(three, budget_cny=9) == ("BC", 130)
    assert taken(three, budget_cny=6) == ("B", 100)
    assert taken(three) == ("BC", 130)


def test_of_two_that_do_the_same_the_cheaper_is_taken():
    assert taken(offer([3, 1, 2], one_10=[0, 1, 2])) == ("B", 10)
    assert taken(offer([3, 1, 2], one_10=[0, 1, 2]), budget_cny=10) == ("B", 10)
    assert taken(offer([3, np.nan], one_10=[0, 1])) == ("A", 10)


def test_the_budget_is_kept_to_the_yuan():
    """One yuan is less than what a program in numbers with a point sees of millions."""
    three = offer([1_000_000, 1_000_000, 1_000_000], one_5=[0], two_4=[1], three_3=[2])
    assert taken(three, budget_cny=3_000_000) == ("ABC", 12)
    assert taken(three, budget_cny=2_999_999) == ("AB", 9)
    assert taken(three, budget_cny=2_999_999.9) == ("AB", 9)
    dear = offer([70_000_000, 30_000_000], one_5=[0], two_4=[1])
    assert taken(dear, budget_cny=99_999_999.5) == ("A", 5)


def test_a_fen_over_the_budget_is_over_it():
    """The solver takes 10,300,000.00 for 10,299,999.99: A and C would meet all 74."""
    three = offer([3.3e6, 7e6, 7e6], a_25=[2], b_1=[0, 1], c_14=[0, 2], d_12=[0, 1], e_22=[1, 2])
    assert taken(three, budget_cny=10_299_999.99) == ("C", 61)
    assert taken(three, budget_cny=10_300_000) == ("AC", 74)


def test_tenths_add_up():
    assert taken(offer([0.1, 0.2], one_5=[0], two_4=[1]), budget_cny=0.3) == ("AB", 9)


def test_a_site_holds_what_its_floor_allows():
    """Two services of 300 and 200 m² in 400 m²: the one that helps more people."""
    site = offer([1], [(0, 300), (0, 200)], [400], one_10=[0], two_11=[1])
    found = choose_portfolio(site, Terms())
    assert found.parts.tolist() == [False, True]
    assert found.people == 11


def test_a_project_brings_what_it_requires_and_pays_for_it():
    two = offer([1, 5, 3], one_10=[0], two_4=[2])
    assert taken(two, requires=[(0, 1)]) == ("ABC", 14)
    assert taken(two, requires=[(0, 1)], budget_cny=5) == ("C", 4)
    assert taken(two, requires=[(0, 1), (1, 2)], budget_cny=9) == ("ABC", 14)


def test_what_is_required_twice_is_paid_for_once():
    two = offer([1, 5], one_10=[0])
    assert taken(two, requires=[(0, 1), (0, 1)], must=[0], budget_cny=6) == ("AB", 10)


def test_projects_that_require_one_another_and_help_nobody_are_left_out():
    assert taken(offer([1, 1, 1], one_10=[2]), requires=[(0, 1), (1, 0)]) == ("C", 10)


def test_without_a_budget_what_helps_is_taken_whatever_it_costs():
    assert taken(offer([np.nan, 5], one_10=[0], two_4=[1])) == ("AB", 14)
    assert taken(offer([np.nan, 5], one_10=[0], two_4=[1]), budget_cny=100) == ("B", 4)


def test_what_is_free_goes_with_any_budget():
    assert taken(offer([0, 5], one_10=[0], two_4=[1]), budget_cny=1) == ("A", 10)


def test_nothing_is_taken_of_nothing():
    assert taken(offer([])) == ("", 0)
    assert taken(offer([1, 2])) == ("", 0)
    assert taken(offer([1, 2]), must=[1]) == ("B", 0)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"must": [0], "never": [0]}, "A must be taken.*never be taken"),
        ({"must": [0], "never": [2], "requires": [(0, 1), (1, 2)]}, "C must be taken, or what"),
        ({"must": [0, 1], "excludes": [(1, 0)]}, "B and A exclude each other"),
        ({"must": [0], "excludes": [(0, 2)], "requires": [(0, 2)]}, "A and C exclude each other"),
        ({"must": [0, 1], "budget_cny": 4}, r"costs 5 yuan \(A, B\); budget_cny is 4"),
        ({"must": [0], "requires": [(0, 1)], "budget_cny": 4}, r"costs 5 yuan \(A, B\)"),
    ],
)
def test_what_goes_not_together_is_named(terms, says):
    with pytest.raises(InfeasibleError, match=says):
        choose_portfolio(offer([2, 3, 1], one_10=[0]), Terms(**terms))


def test_what_must_be_taken_within_a_budget_has_a_cost():
    with pytest.raises(InputError, match=r"A must be taken.*no cost is known.*Give cost_cny"):
        choose_portfolio(offer([np.nan, 1], one_10=[0]), Terms(9.0, must=[0]))


def test_a_choice_in_no_time_is_refused():
    rng = np.random.default_rng(3)
    groups = {f"g{i}_{rng.integers(1, 99)}": rng.choice(40, 4).tolist() for i in range(400)}
    hard = offer([1.0] * 8, [(i % 8, 1.0) for i in range(40)], [3.0] * 8, **groups)
    with pytest.raises(InputError, match="Raise the time limit"):
        choose_portfolio(hard, Terms(5.0, time_limit_s=0.0))
