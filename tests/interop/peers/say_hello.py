"""say_hello.py ADDRESS KEY: what programs/Client.py does, at any address."""
import sys

from common import open_client, parse_key


def main():
    c = open_client(sys.argv[1], parse_key(sys.argv[2]))
    c.send(['Hello World', 100, u'\u4f60\u597d'.encode('utf-8')])
    print(c.recv())


if __name__ == "__main__":
    main()
