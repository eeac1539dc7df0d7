"""`python -m signing` is the `signing` command."""

from signing.cli import main

main()
