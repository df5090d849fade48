"""Lets `python -m digest` do what the `digest` command does, where scripts are not on the path."""

from digest.cli import main

if __name__ == "__main__":
    main()
