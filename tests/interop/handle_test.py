"""Descriptors passed between C++ and every CPython found, both ways.

usage: handle_test.py HANDLE_PEER [-v] [HandleTest.test_...]
"""
from harness.cpp_peer import CppPeerTest, main


class HandleTest(CppPeerTest):
    def test_descriptors_pass_both_ways(self):
        self.with_each_python(self.talk, "handles.py", r"5 checks, 0 failures")


if __name__ == "__main__":
    main()
