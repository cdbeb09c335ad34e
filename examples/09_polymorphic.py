"""Polymorphic: gets a hierarchy of shapes from 09_polymorphic as instances of the classes below, and
sends some back.

    python3 09_polymorphic.py [PORT]
"""
import sys
from multiprocessing.connection import Listener


class Shape:
    def __init__(self, name):
        self.name = name


class Circle(Shape):
    def __init__(self, name, radius):
        super().__init__(name)
        self.radius = radius


class Group(Shape):
    def __init__(self, name, members):
        super().__init__(name)
        self.members = members


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Listener(("localhost", port), authkey=b"Hello World!") as listener:
    print("listening on localhost:%d" % listener.address[1], flush=True)
    with listener.accept() as connection:
        bicycle = connection.recv()
        front, rear = bicycle.members
        print("a %s of the name %s" % (type(bicycle).__name__, bicycle.name))
        print("its wheels are the same %s: %s" % (type(front).__name__, front is rear))
        small = Circle("small wheel", 0.5)
        connection.send([small, Group("tricycle", [small, small, front])])
