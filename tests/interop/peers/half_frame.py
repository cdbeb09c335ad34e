"""half_frame.py ADDRESS KEY: sends half a frame, says `half sent`, and waits to be killed."""
import os
import sys

from common import open_client, parse_key, say


def main():
    client = open_client(sys.argv[1], parse_key(sys.argv[2]))
    os.write(client.fileno(), b"\0\0\1\0half")
    say("half sent")
    sys.stdin.readline()


if __name__ == "__main__":
    main()
