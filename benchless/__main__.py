"""`python -m benchless`."""

from benchless.cli import main

if __name__ == "__main__":
    main()
