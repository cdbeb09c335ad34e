"""echo_client.py as Red Hat's Pythons would run it."""
import red_hat  # noqa: F401  before anything makes a digest
from echo_client import main

main()
