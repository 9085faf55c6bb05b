"""`python -m server`: the command line from a checkout."""

from server.cli import main

if __name__ == "__main__":
    main()
