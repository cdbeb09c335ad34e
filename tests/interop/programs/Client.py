# Client.py
from multiprocessing.connection import Client
c = Client(('localhost', 8888), authkey=b"Hello World!")
c.send(['Hello World', 100, '你好'.encode('utf-8')])
print(c.recv())
