"""How a worker begins: before numba counts the cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from typing import Any


def start_worker(threads: int, shared: Any = None) -> None:
    """Take a share of the cores, and know what all workers of this machine read.

    Parameters
    ----------
    threads
        Cores for this process; 0: as it is.
    shared
        Name, folder of the streets, tables and settings; ``None``: a store tells them.
    """
    if threads:
        os.environ["NUMBA_NUM_THREADS"] = str(threads)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it says when to stop
        threading.Thread(target=_end_with_parent, daemon=True).start()
    if shared is None:
        return
    from lifecircle.batch.work import share_here  # noqa: PLC0415  the cores are counted there
    from lifecircle.network.mapped import open_mapped  # noqa: PLC0415

    name, folder, tables, settings = shared
    share_here(name, open_mapped(folder, tables), settings)


def _end_with_parent() -> None:
    """End when the process that started this one is gone, whatever ended it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
