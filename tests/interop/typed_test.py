"""Typed messages between C++ and every CPython found: each row of docs/typed.md, both ways.

usage: typed_test.py TYPED_PEER [-v] [TypedTest.test_...]
"""
from harness.cpp_peer import CppPeerTest, main


class TypedTest(CppPeerTest):
    def test_every_row_means_the_same_on_both_sides(self):
        self.with_each_python(self.talk, "typed_rows.py", r"\d{3} checks, 0 failures")


if __name__ == "__main__":
    main()
