"""Who does the units: this process, others on this machine, or a cluster; one way for all."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd

from lifecircle.batch.starting import start_worker
from lifecircle.batch.work import FAILED, Job, Outcome, do_unit, ready
from lifecircle.errors import InputError, LifecircleError, MissingPackageError

# A unit whose worker died is done again so often; then it is the unit.
MOST_DEATHS = 3
_AHEAD = 2  # units in the hands of each worker, so that none is idle and few are lost
_CONNECT_S = 30

Shared = tuple[str, Path, Mapping[str, gpd.GeoDataFrame], Mapping[str, Any]]


def outcomes(
    jobs: Sequence[Job],
    pool: Callable[[], AbstractContextManager[Executor]],
    workers: int,
    filled: Callable[[Job], Job],
) -> Iterator[Outcome]:
    """Do units, and tell of each as it is done; a worker that dies costs nothing but time.

    Parameters
    ----------
    jobs
        The units.
    pool
        Makes who does them, anew where all of them died.
    workers
        How many.
    filled
        Gives a unit its data when its turn comes.

    Yields
    ------
    Outcome
        In the order in which they are done.
    """
    deaths = dict.fromkeys((job.unit_id for job in jobs), 0)
    waiting = list(reversed(jobs))
    alone: list[Job] = []  # whoever was at work when a worker died, one at a time to see who it is
    while waiting or alone:
        queue, width = (alone, 1) if alone else (waiting, workers * _AHEAD if workers > 1 else 1)
        lost: list[tuple[Job, int]] = []
        with pool() as executor:
            yield from _run(executor, queue, width, lost, filled)
        for job, count in lost:
            deaths[job.unit_id] += count
            if deaths[job.unit_id] < MOST_DEATHS:
                alone.append(job)
            else:
                yield Outcome(job.unit_id, FAILED, _DIED, "process")


_GONE = (
    "scheduler: it went away, or let go of the units. Start it again and give the same command: "
    "what is done stays done."
)
_DIED = (
    "the process that worked on it died again and again, most likely for want of memory. Give it "
    "more memory (fewer --workers), or cut the unit into smaller ones."
)


def _run(
    executor: Executor,
    queue: list[Job],
    width: int,
    lost: list[tuple[Job, int]],
    filled: Callable[[Job], Job],
) -> Iterator[Outcome]:
    """Do the units of a queue until all are done or the workers died; those are lost, and count."""
    running: dict[Future[Outcome], Job] = {}
    try:
        while queue or running:
            broken = False
            while queue and len(running) < width:
                job = queue.pop()
                try:
                    whole = filled(job)
                except LifecircleError as error:
                    yield Outcome(job.unit_id, FAILED, str(error), "data")
                    continue
                try:
                    running[executor.submit(do_unit, whole)] = job
                except BrokenProcessPool:
                    if running:
                        queue.append(job)
                    else:
                        lost.append((job, 1))
                    broken = True
                    break
            if not running:
                if queue and not broken:
                    continue
                return  # whoever calls makes another pool for what is left
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                job = running.pop(future)
                if future.cancelled():
                    raise InputError(_GONE)
                found = future.exception()
                if found is None:
                    yield future.result()
                elif isinstance(found, BrokenProcessPool):
                    lost.append((job, 1))
                    broken = True
                elif type(found).__name__ == "KilledWorker":
                    # The cluster tried often enough; but it may have died of another unit that was
                    # in the same hands: alone it shows.
                    lost.append((job, MOST_DEATHS - 1))
                else:
                    reason = f"{type(found).__name__}: {found}"
                    yield Outcome(job.unit_id, FAILED, reason, "program")
            if broken:  # nothing of this pool will come any more
                lost += [(job, 1) for job in running.values()]
                running.clear()
                return
    finally:
        for future in running:
            future.cancel()


class Inline(Executor):
    """Work done in this process, when it is asked for."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it now.

        Examples
        --------
        >>> Inline().submit(abs, -3).result()
        3
        """
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  handed on with the result
            future.set_exception(error)
        return future


@contextmanager
def processes(workers: int, shared: Shared | None) -> Iterator[Executor]:
    """Processes on this machine, spawned, each with its share of the cores.

    Parameters
    ----------
    workers
        How many; one works in this process.
    shared
        What they all read: name, folder of the streets, tables and settings.

    Yields
    ------
    Executor
    """
    if workers == 1:
        if shared is not None:
            start_worker(0, shared)
        yield Inline()
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(
        workers, mp_context=context, initializer=start_worker, initargs=(threads, shared)
    )
    try:
        try:
            executor.submit(ready).result()
        except BrokenProcessPool as error:
            raise InputError(
                "workers: the processes do not start. In a script of your own, call run_districts "
                'below `if __name__ == "__main__":`; else try workers=1.'
            ) from error
        yield executor
    except KeyboardInterrupt:
        for process in list(getattr(executor, "_processes", {}).values()):
            process.terminate()  # what they were at is done again
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def cluster(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """A Dask cluster that runs already.

    Parameters
    ----------
    scheduler
        Its address, such as ``"tcp://10.0.0.5:8786"``.

    Yields
    ------
    executor, workers

    Raises
    ------
    MissingPackageError
        If distributed is not installed.
    InputError
        If no scheduler answers there, or it has no workers.

    Examples
    --------
    >>> with cluster("10.0.0.5"):
    ...     pass
    Traceback (most recent call last):
        ...
    lifecircle.errors.InputError: scheduler='10.0.0.5': give its address, such as \
tcp://10.0.0.5:8786; `dask scheduler` prints it.
    """
    if not scheduler.startswith(("tcp://", "tls://", "ucx://", "ws://", "wss://", "inproc://")):
        raise InputError(
            f"scheduler={scheduler!r}: give its address, such as tcp://10.0.0.5:8786; "
            "`dask scheduler` prints it."
        )
    try:
        from distributed import Client  # noqa: PLC0415  an extra
    except ImportError as error:
        raise MissingPackageError("scheduler=", "distributed", "cluster") from error
    try:
        client = Client(scheduler, timeout=_CONNECT_S)
    except (OSError, ValueError, RuntimeError, TimeoutError) as error:
        raise InputError(
            f"scheduler={scheduler!r}: nobody answers there ({type(error).__name__}). Start it "
            "with `dask scheduler`, and workers with `dask worker ADDRESS`."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_S)
        except TimeoutError as error:
            raise InputError(
                f"scheduler={scheduler!r}: it has no workers. Start some with `dask worker "
                f"{scheduler} --nthreads 1`."
            ) from error
        client.register_plugin(_without_profiles())
        count = sum(client.nthreads().values())
        yield client.get_executor(pure=False), max(1, count)


def _without_profiles() -> Any:
    """Keeps workers from noting a hundred times a second what they do: megabytes for each unit."""
    from distributed import WorkerPlugin  # noqa: PLC0415  an extra

    class WithoutProfiles(WorkerPlugin):  # type: ignore[misc,unused-ignore]
        name = "lifecircle-without-profiles"

        def setup(self, worker: Any) -> None:
            for name in ("profile", "profile-cycle"):
                callback = worker.periodic_callbacks.pop(name, None)
                if callback is not None:
                    callback.stop()

    return WithoutProfiles()
