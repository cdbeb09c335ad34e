"""Coroutine server: fifty connections to 05_coroutine_server at once, by asyncio.

    python3 05_coroutine_server.py [PORT]
"""
import asyncio
import sys

from asyncio_connection import open_connection

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8888


async def ask(number):
    connection = await open_connection(("localhost", PORT), authkey=b"Hello World!")
    async with connection:
        await connection.send(("add", number, 0.5))
        return await asyncio.wait_for(connection.recv(), timeout=20)


async def main():
    sums = await asyncio.gather(*map(ask, range(50)))
    print(sums == [number + 0.5 for number in range(50)])


asyncio.run(main())
