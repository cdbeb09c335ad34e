"""Coroutine client: the server that 11_coroutine_client asks, on asyncio.

    python3 11_coroutine_client.py [PORT]
"""
import asyncio
import sys

from asyncio_connection import serve

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8888


async def main():
    stopped = asyncio.Event()

    async def answer(connection):
        while True:
            question = await connection.recv()
            if question == "stop":
                stopped.set()
            elif question == "wait for me":
                assert await connection.recv() == "go on"
                await connection.send("here you are")
            else:
                await connection.send(question.upper())

    server = asyncio.ensure_future(serve(answer, ("localhost", PORT), authkey=b"Hello World!"))
    await stopped.wait()
    server.cancel()
    await asyncio.wait([server])


asyncio.run(main())
