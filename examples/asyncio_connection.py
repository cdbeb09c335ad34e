"""multiprocessing.connection for asyncio, out of the standard library: copy this file.

    async with await open_connection(("localhost", 8888), authkey=key) as connection:
        await connection.send(["Hello World", 100])
        print(await connection.recv())

The handshake is the standard library's own, in a thread; from then on no thread is needed. A call
that is cancelled, by asyncio.wait_for say, leaves the stream whole. One task may send while another
receives. For Linux, macOS and the BSDs, and Python 3.7 and later.
"""
import asyncio
import os
import socket
import struct
from multiprocessing import connection as blocking
from multiprocessing.reduction import ForkingPickler

HANDSHAKE_TIMEOUT = 20


class AsyncConnection:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer
        self._size = None  # of the message under way

    async def send(self, obj):
        await self.send_bytes(bytes(ForkingPickler.dumps(obj)))

    async def recv(self):
        """The next object. EOFError where the peer has closed."""
        return ForkingPickler.loads(await self.recv_bytes())

    async def send_bytes(self, data):
        size = len(data)
        if size > 0x7fffffff:
            self._writer.write(struct.pack("!iQ", -1, size))
        else:
            self._writer.write(struct.pack("!i", size))
        self._writer.write(data)
        await self._writer.drain()

    async def recv_bytes(self):
        if self._size is None:
            (self._size,) = struct.unpack("!i", await self._recv_exactly(4))
        if self._size == -1:
            (self._size,) = struct.unpack("!Q", await self._recv_exactly(8))
        if self._size < 0:
            raise OSError("bad message length")
        data = await self._recv_exactly(self._size)
        self._size = None
        return data

    async def _recv_exactly(self, size):
        try:
            return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise EOFError from error

    async def close(self):
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()


async def open_connection(address, family=None, authkey=None):
    """What multiprocessing.connection.Client(address, family, authkey=authkey) does."""
    loop = asyncio.get_running_loop()
    client = await loop.run_in_executor(
        None, lambda: blocking.Client(address, family, authkey=authkey))
    return await _adopt(client)


async def serve(handler, address, authkey=None, backlog=128):
    """Listens on (host, port) or the path of a Unix socket, and runs handler(connection) for each
    client that has proven the key, until it is cancelled. Handshakes never wait for each other."""
    tcp = isinstance(address, tuple)
    listener = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
    with listener:
        if tcp:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(backlog)
        listener.setblocking(False)
        print("listening on", "%s:%d" % listener.getsockname() if tcp else address, flush=True)
        tasks = set()
        try:
            while True:
                sock, _ = await asyncio.get_running_loop().sock_accept(listener)
                task = asyncio.ensure_future(_serve_one(handler, sock, authkey))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _serve_one(handler, sock, authkey):
    try:
        accepted = await asyncio.get_running_loop().run_in_executor(None, _accept, sock, authkey)
        async with await _adopt(accepted) as connection:
            await handler(connection)
    except (EOFError, OSError, blocking.AuthenticationError):
        pass  # that client's end, and nobody else's


def _accept(sock, authkey):
    sock.setblocking(True)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", HANDSHAKE_TIMEOUT, 0))
    accepted = blocking.Connection(sock.detach())
    try:
        if authkey is not None:
            blocking.deliver_challenge(accepted, authkey)
            blocking.answer_challenge(accepted, authkey)
        return accepted
    except BaseException:
        accepted.close()
        raise


async def _adopt(connection):
    sock = socket.socket(fileno=os.dup(connection.fileno()))
    connection.close()
    sock.setblocking(False)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return AsyncConnection(*await asyncio.open_connection(sock=sock))
    return AsyncConnection(*await asyncio.open_unix_connection(sock=sock))
