"""`python -m dimderiv` is the command `dimderiv`."""

import sys

from dimderiv.surfaces import main

if __name__ == "__main__":
    sys.exit(main())
