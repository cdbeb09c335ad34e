"""Malicious and malformed pickles. malicious(path) yields (name, pickle): each would, under Python's
own unpickler, create the file at path. malformed() yields what no pickle reader may accept or
trip over. Nothing here is ever unpickled by Python."""
import pickle
import struct


def _text(string):
    data = string.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def malicious(path):
    command = "touch " + path
    code = "open(%r, 'w')" % path
    for module, name, argument in (("posix", "system", command), ("os", "system", command),
                                   ("builtins", "eval", code), ("builtins", "exec", code),
                                   ("__builtin__", "eval", code), ("subprocess", "getoutput", command),
                                   ("subprocess", "os.system", command), ("nt", "system", command)):
        label = module + "." + name
        header = "c%s\n%s\n" % (module, name)
        yield label + " by REDUCE", b"\x80\x02" + header.encode() + _text(argument) + b"\x85R."
        yield label + " by protocol 0", (header + "(V%s\ntR." % argument).encode()
        yield label + " by STACK_GLOBAL", (b"\x80\x04" + _text(module) + _text(name) + b"\x93"
                                           + _text(argument) + b"\x85R.")
        yield label + " by INST", ("(V%s\ni%s\n%s\n." % (argument, module, name)).encode()
        yield label + " by OBJ", b"(" + header.encode() + _text(argument) + b"o."
        yield label + " by NEWOBJ", b"\x80\x02" + header.encode() + _text(argument) + b"\x85\x81."
        yield label + " by NEWOBJ_EX", (b"\x80\x04" + header.encode() + _text(argument)
                                        + b"\x85}\x92.")
        yield label + " as a state setter", (b"\x80\x02" + header.encode() + _text(argument)
                                             + b"b.")
        yield label + ", its result dropped", (b"\x80\x02" + header.encode() + _text(argument)
                                               + b"\x85R0N.")
        yield label + " as a dict key", (b"\x80\x02}" + header.encode() + _text(argument)
                                         + b"\x85RNs.")
    yield "a persistent id", b"P" + path.encode() + b"\n."
    yield "an extension code", b"\x80\x02\x82\x01" + _text(command) + b"\x85R."


def bombs():
    """Small pickles of huge or deep things: to be echoed or refused, promptly and in little
    memory."""
    yield "a million lists deep", b"\x80\x02" + b"]" * 1000000 + b"a" * 999999 + b"."
    yield "a million tuples deep", b"\x80\x02)" + b"\x85" * 1000000 + b"."
    yield "a million dicts deep", b"\x80\x02" + b"}" + b"K\0}" * 300000 + b"s" * 300000 + b"."
    yield "a million marks", b"(" * 1000000 + b"."
    laughs = b"\x80\x02]q\0"
    for level in range(1, 200):
        laughs += b"](" + b"h" + struct.pack("B", level - 1) + (
            b"h" + struct.pack("B", level - 1)) * 9 + b"eq" + struct.pack("B", level)
    yield "ten to the two hundredth laughs", laughs + b"."
    doubled = b"\x80\x02)" + b"2\x86" * 200 + b"."
    yield "two hundred levels of one tuple", doubled
    yield "such a tuple as a key", b"\x80\x02})" + b"2\x86" * 200 + b"Ns."
    yield "two such keys", b"\x80\x02}()" + b"2\x86" * 200 + b"N)" + b"2\x86" * 200 + b"Nu."
    yield "a million duplicate keys", b"\x80\x02}(" + b"K\1N" * 1000000 + b"u."
    yield "a list in itself a thousand times", b"\x80\x02]q\0(" + b"h\0" * 1000 + b"e."
    yield "an int of a million digits", b"I" + b"9" * 1000000 + b"\n."
    yield "a long of a million digits", b"L" + b"9" * 1000000 + b"L\n."
    yield "a long of a million bytes", b"\x80\x02\x8b" + struct.pack("<i", 1000000) + b"\x7f" * 1000000 + b"."
    yield "a float of a million digits", b"F" + b"1" * 1000000 + b"\n."
    yield "a memo index of many digits", b"Np" + b"9" * 100000 + b"\n."
    yield "sparse memo", b"N" + b"".join(b"r" + struct.pack("<I", 2 ** 31 + n) for n in range(1000)) + b"."


def malformed():
    """Pickles that must be refused."""
    yield "nothing", b""
    yield "no pickle", b"junk!"
    yield "STOP alone", b"."
    yield "no STOP", b"\x80\x02N"
    yield "protocol 6", b"\x80\x06N."
    yield "protocol 255", b"\x80\xffN."
    sample = pickle.dumps([1, "text", b"bytes", {"key": (1.5, 2 ** 70)}, {3}], 4)
    for cut in range(1, len(sample)):
        yield "a pickle cut at %d" % cut, sample[:cut]
    known = {ord(char) for char in "(.012FIJKLMNPQRSTUVXabcdeghijlopqrstu}])BCG"}
    for code in range(256):
        if code not in known and not 0x80 <= code <= 0x98:
            yield "opcode %#x" % code, bytes(bytearray([code])) + b"N."
    for code in b"RabdeostuQ\x81\x85\x86\x87\x90\x91\x92\x93\x94\x98012":
        yield "opcode %#x on an empty stack" % code, b"\x80\x05" + bytes(bytearray([code])) + b"."
    for code, form, sizes in ((b"B", "<I", (1, 2 ** 31, 2 ** 32 - 1)),
                              (b"X", "<I", (1, 2 ** 31, 2 ** 32 - 1)),
                              (b"T", "<i", (1, 2 ** 31 - 1, -1)),
                              (b"\x8b", "<i", (1, 2 ** 31 - 1, -1, -2 ** 31)),
                              (b"\x8e", "<Q", (1, 2 ** 62, 2 ** 63, 2 ** 64 - 1)),
                              (b"\x8d", "<Q", (1, 2 ** 62, 2 ** 64 - 1)),
                              (b"\x96", "<Q", (1, 2 ** 62, 2 ** 64 - 1)),
                              (b"\x95", "<Q", (100, 2 ** 62, 2 ** 64 - 1))):
        for size in sizes:
            yield "opcode %r announcing %d" % (code, size), b"\x80\x05" + code + struct.pack(form, size) + b"."
    yield "a memo entry that is not there", b"h\7."
    yield "a list as a key", b"}]Ns."
    yield "an out-of-band buffer", b"\x80\x05\x97."
    yield "bytes after STOP", b"N.N."
    yield "a float that is none", b"Fone\n."
    yield "an int that is none", b"Ione\n."
