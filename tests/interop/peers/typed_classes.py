"""The Python classes that tests/support/typed_rows.cpp has C++ classes for."""
import collections
try:
    import enum
except ImportError:  # Python 2
    enum = None


class Record(object):
    """Equal where the class and the attributes are."""
    __slots__ = ()

    def _attributes(self):
        names = list(getattr(self, "__dict__", ()))
        for cls in type(self).__mro__:
            names += getattr(cls, "__slots__", ())
        return {name: getattr(self, name) for name in names}

    def __eq__(self, other):
        return type(self) is type(other) and self._attributes() == other._attributes()

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self._attributes())


class Reading(Record):
    def __init__(self, sensor, value, history):
        self.sensor, self.value, self.history = sensor, value, history


class VersionedReading(Reading):
    pass


class SlotReading(Record):
    __slots__ = ("sensor", "value", "history")

    def __init__(self, sensor, value, history):
        self.sensor, self.value, self.history = sensor, value, history


TupleReading = collections.namedtuple("TupleReading", "sensor value history")


class CallReading(Record):
    """An instance made in no other way than by a call: __init__ checks its arguments."""
    __slots__ = ("_all",)

    def __init__(self, sensor, value, history):
        if value < 0:
            raise ValueError("value")
        self._all = (sensor, value, history)

    def __reduce__(self):
        return (CallReading, self._all)


class Shape(Record):
    def __init__(self, label, size):
        self.label = label
        setattr(self, self.size_name, size)


class Circle(Shape):
    size_name = "radius"


class Square(Shape):
    size_name = "side"


if enum:
    class Color(enum.Enum):
        red = 1
        green = 2
