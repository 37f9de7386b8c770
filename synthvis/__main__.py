"""`python -m synthvis` is the `synthvis` command."""

from __future__ import annotations

from synthvis.cli import main

if __name__ == "__main__":
    main()
