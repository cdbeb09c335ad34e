"""listener.py as Red Hat's Pythons would run it."""
import red_hat  # noqa: F401  before anything makes a digest
from listener import main

main()
