"""`python -m casemate`."""

from __future__ import annotations

import sys

from casemate.cli.main import main

sys.exit(main())
