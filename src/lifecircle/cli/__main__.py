"""``python -m lifecircle.cli``: the command where it is not on the path."""

import sys

from lifecircle.cli import main

sys.exit(main())
