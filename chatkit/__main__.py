"""`python3 -m chatkit` does what `chatkit` does."""

from chatkit.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
