"""`python cli.py ...` from a checkout does what the installed `synthvis ...` does."""

from __future__ import annotations

from synthvis.cli import main

if __name__ == "__main__":
    main()
