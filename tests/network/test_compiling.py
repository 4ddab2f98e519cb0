"""Kernels run whether or not there is a place to keep them."""

import subprocess
import sys
import textwrap


def test_without_a_place_for_compiled_kernels_they_run_all_the_same():
    script = """
        import numba.core.caching as caching

        for name, kind in vars(caching).items():  # as on a disk where nothing may be written
            if isinstance(kind, type) and hasattr(kind, "_locator_classes"):
                kind._locator_classes = []
        import numpy as np
        from lifecircle.network import order

        assert type(order.connected_parts._cache).__name__ == "NullCache"
        print(order.connected_parts(np.array([[0, 2]], dtype=np.int32), 3).tolist())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[0, 1, 0]", done.stderr
