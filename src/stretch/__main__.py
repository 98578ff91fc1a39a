"""`python -m stretch` is `stretch`."""

from stretch.cli import main

main()
