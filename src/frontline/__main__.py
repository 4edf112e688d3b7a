"""`python -m frontline`: the command line, where no script is installed."""

from frontline.cli import main

main()
