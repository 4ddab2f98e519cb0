"""Who does the units, and what becomes of them where a worker dies."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from lifecircle.batch.pool import outcomes
from lifecircle.batch.work import DONE, FAILED, Job, Outcome


class KilledWorker(Exception):  # noqa: N818  known by its name
    """As the cluster's own, which tests of the pool do without."""


def jobs(*names):
    return [Job(name, name, name, (0,), ".", "", None, (), "") for name in names]


class Told(Executor):
    """Does units as it is told, at once."""

    def __init__(self, does):
        self.does = does

    def submit(self, _function, job):
        future = Future()
        found = self.does(job)
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found)
        return future


@contextmanager
def pool_of(does):
    yield Told(does)


def done(job):
    return Outcome(job.unit_id, DONE)


def test_a_pool_that_broke_while_nothing_ran_is_made_again():
    tried = []

    def does(job):
        tried.append(job.unit_id)
        if len(tried) == 1:
            raise BrokenProcessPool
        return done(job)

    found = list(outcomes(jobs("a", "b"), lambda: pool_of(does), 1, lambda one: one))
    assert [one.status for one in found] == [DONE, DONE]
    assert len(tried) == 3


def test_a_unit_that_was_in_the_same_hands_as_a_killer_is_done():
    alone = []

    def does(job):
        alone.append(job.unit_id)
        if job.unit_id == "killer" or alone.count(job.unit_id) == 1:
            return KilledWorker(job.unit_id)
        return done(job)

    found = list(outcomes(jobs("killer", "bystander"), lambda: pool_of(does), 1, lambda one: one))
    assert {one.unit_id: (one.status, one.cause) for one in found} == {
        "bystander": (DONE, ""),
        "killer": (FAILED, "process"),
    }
    assert alone.count("killer") == 2
