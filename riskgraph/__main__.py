"""`python -m riskgraph`: the command line where no script is on the path."""

from riskgraph.cli import main

if __name__ == "__main__":
    main()
