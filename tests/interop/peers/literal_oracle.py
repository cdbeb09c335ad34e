"""What this CPython makes of literals: the twin of tests/support/literal_repr.cpp."""
import ast
import binascii
import sys
import warnings

warnings.simplefilter("ignore")
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


def answer(text):
    try:
        value = ast.literal_eval(text)
        return "=" + repr(value).encode("utf-8", "surrogatepass").hex()
    except Exception as error:
        return "!" + type(error).__name__


for line in sys.stdin:
    literal = binascii.unhexlify(line.strip()).decode("utf-8", "surrogatepass")
    print(answer(literal), flush=True)
