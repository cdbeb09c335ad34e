"""Dataclasses for tests/support/typed_rows.cpp; Python 3.7 and later."""
import dataclasses
import sys


@dataclasses.dataclass
class DataReading:
    sensor: str
    value: float
    history: list


@dataclasses.dataclass(frozen=True)
class FrozenReading:
    sensor: str
    value: float
    history: list


if sys.version_info >= (3, 10):
    @dataclasses.dataclass(slots=True)
    class SlotDataReading:
        sensor: str
        value: float
        history: list

    @dataclasses.dataclass(frozen=True, slots=True)
    class FrozenSlotReading:
        sensor: str
        value: float
        history: list
