#include "support/bytes.hpp"
#include "support/catch.hpp"
#include "support/opcodes.hpp"
#include "support/same_graph.hpp"

#include <parley/object.hpp>
#include <parley/pickle/encoder.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using parley::Buffer;
using parley::Errc;
using parley::Value;
using parley::pickle::dumps;
using parley::pickle::Opcode;
using support::count_opcode;

namespace {

Value load(std::string_view pickle) {
    return parley::pickle::loads(support::as_bytes(pickle)).value();
}

std::string dump(const Value& value, int protocol = 4) {
    return std::string(dumps(value, {.protocol = protocol}).value().view());
}

/// How often the pickle stores something in its memo.
std::size_t count_puts(std::string_view pickle) {
    return count_opcode(pickle, Opcode::MEMOIZE) + count_opcode(pickle, Opcode::BINPUT) +
           count_opcode(pickle, Opcode::LONG_BINPUT);
}

Value call_of(const char* name, const Value& args = parley::tuple()) {
    return parley::call(parley::global("m", name), args);
}

}  // namespace

TEST_CASE("writer: small values are byte for byte what CPython writes", "[pickle]") {
    CHECK(dump(nullptr) == "\x80\4N.");
    CHECK(dump(1) == "\x80\4K\1.");
    CHECK(dump(parley::list("Hello World", 100, parley::bytes("ab"))) ==
          "\x80\4\x95\x17\0\0\0\0\0\0\0](\x8c\x0bHello WorldKdC\2ab"
          "e."s);
    CHECK(dump(parley::dict({{"a", 1}}), 2) == "\x80\2}X\1\0\0\0aK\1s."s);
    CHECK(dump(parley::set(1)) == "\x80\4\x95\6\0\0\0\0\0\0\0\x8f(K\1\x90."s);
}

TEST_CASE("writer: ints take the shortest opcode", "[pickle]") {
    const std::vector<std::pair<std::int64_t, std::string>> forms{
        {0, "K\0"s},
        {255, "K\xff"},
        {256, "M\0\1"s},
        {65535, "M\xff\xff"},
        {65536, "J\0\0\1\0"s},
        {-1, "J\xff\xff\xff\xff"},
        {INT32_MIN, "J\0\0\0\x80"s},
        {std::int64_t{1} << 31, "\x8a\5\0\0\0\x80\0"s},
        {INT64_MAX, "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"},
        {INT64_MIN, "\x8a\x08\0\0\0\0\0\0\0\x80"s},
        {-(std::int64_t{1} << 31) - 1, "\x8a\5\xff\xff\xff\x7f\xff"},
    };
    for (const auto& [number, form] : forms) {
        CHECK(dump(number, 3) == "\x80\3" + form + ".");
        CHECK(load(dump(number)) == number);
    }
}

TEST_CASE("writer: what is referenced more than once is memoized, and nothing else", "[pickle]") {
    CHECK(count_puts(dump(parley::list("a", "a", parley::list(1), parley::tuple(1)))) == 0);
    const Value shared = parley::list(1);
    const std::string twice = dump(parley::list(shared, shared));
    CHECK(count_puts(twice) == 1);
    CHECK(count_opcode(twice, Opcode::BINGET) == 1);
    const Value text = "text";
    CHECK(count_puts(dump(parley::dict({{text, text}}))) == 1);

    // As read: CPython stores everything, of which one is fetched.
    const Value read = load("]\x94(\x8c\1a\x94]\x94h\1e.");
    CHECK(count_puts(dump(read)) == 1);
    CHECK(count_puts(dump(read[0])) == 0);
    CHECK(count_puts(dump(parley::list(read[1], 1))) == 0);
    CHECK(count_puts(dump(parley::list(read[1], read))) == 2);
    CHECK(count_puts(dump(parley::list(read, read[0]))) == 1);
}

TEST_CASE("writer: parts of one message in several containers stay one", "[pickle]") {
    const Value read = load("](](K\1eK\2e.");
    const Value part = read[0];
    const Value both = load(dump(parley::tuple(read, part, parley::dict({{1, part}}))));
    CHECK(both[0][0].is(both[1]));
    CHECK(both[2][1].is(both[1]));
}

TEST_CASE("writer: well-known names are stored when they are needed again", "[pickle]") {
    const Value number = std::complex<double>(1, 2);
    CHECK(count_puts(dump(parley::list(number))) == 0);
    const std::string three = dump(
        parley::list(number, Value(std::complex<double>(1, 2)), Value(std::complex<double>(3, 4))));
    CHECK(count_puts(three) == 1);
    CHECK(count_opcode(three, Opcode::STACK_GLOBAL) == 1);
    const std::string names = dump(parley::list(parley::ellipsis(), parley::ellipsis()), 3);
    CHECK(count_opcode(names, Opcode::GLOBAL) == 1);
}

TEST_CASE("writer: sets, bytes and bytearrays are calls where there is no opcode", "[pickle]") {
    const std::vector<Value> values{
        parley::set(1, 2),           parley::frozenset(1),       parley::set(),
        parley::bytes("\0\x7f\xff"), parley::bytes(""),          parley::bytearray("abc\xe9"),
        parley::bytearray(""),       std::complex<double>(1, 0), parley::ellipsis(),
    };
    for (const Value& value : values) {
        for (int protocol = 2; protocol <= 5; ++protocol) {
            const Value back = load(dump(value, protocol));
            CHECK(back.kind() == value.kind());
            CHECK(back == value);
        }
    }
    CHECK(dump(parley::bytes("\xff"), 2) ==
          "\x80\2c_codecs\nencode\nX\2\0\0\0\xc3\xbfX\6\0\0\0latin1\x86R."s);
    CHECK(dump(parley::set(1), 2) == "\x80\2c__builtin__\nset\n]K\1a\x85R.");
    CHECK(count_opcode(dump(parley::bytearray("a"), 5), Opcode::BYTEARRAY8) == 1);
}

TEST_CASE("writer: protocol 2 tells int from long and str from unicode", "[pickle]") {
    CHECK(dump(load("\x80\2L5L\n."), 2) == "\x80\2\x8a\1\5.");
    CHECK(dump(load("\x80\2I5000000000\n."), 2) == "\x80\2I5000000000\n.");
    CHECK(dump(load("\x80\2U\1a."), 2) == "\x80\2U\1a.");
    CHECK(dump(load("\x80\2L5L\n."), 3) == "\x80\3K\5.");
    CHECK(dump(parley::legacy_str("a"), 3) == "\x80\3U\1a.");
}

TEST_CASE("writer: names are those of the protocol's Python", "[pickle]") {
    const Value range = parley::global("builtins", "range");
    CHECK(dump(range, 2) == "\x80\2c__builtin__\nxrange\n.");
    CHECK(dump(range, 3) ==
          "\x80\3c"
          "builtins\nrange\n.");
    const Value legacy = load("\x80\2ccopy_reg\n_reconstructor\n.");
    CHECK(dump(legacy, 2) == "\x80\2ccopy_reg\n_reconstructor\n.");
    CHECK(dump(legacy, 3) == "\x80\3ccopyreg\n_reconstructor\n.");
    CHECK(load(dump(legacy, 4)).module() == "copyreg");
}

TEST_CASE("writer: dotted names are getattr() below protocol 4", "[pickle]") {
    const Value nested = parley::global("m", "A.B.C");
    CHECK(count_opcode(dump(nested), Opcode::STACK_GLOBAL) == 1);
    const std::string old = dump(nested, 2);
    CHECK(count_opcode(old, Opcode::REDUCE) == 2);
    CHECK(load(old).as_object().args()[1] == "C");
}

TEST_CASE("writer: what a protocol cannot say is refused, the buffer left alone", "[pickle]") {
    Buffer out(support::as_bytes("before"));
    const auto refused = [&out](const Value& value, int protocol) {
        const auto result = dumps(value, out, {.protocol = protocol});
        REQUIRE(result.has_error());
        CHECK(out.view() == "before");
        return result.error().code;
    };
    CHECK(refused(1, 1) == Errc::invalid_argument);
    CHECK(refused(1, 6) == Errc::invalid_argument);
    CHECK(refused(parley::global("m", "n\xc3\xa9"), 2) == Errc::not_picklable);
    CHECK(refused(load("\x8c\1m\x8c\3a\nb\x93."), 3) == Errc::not_picklable);
    const Value added = load("cm\nA\n)R(K\1\x90.");
    CHECK(refused(added, 3) == Errc::not_picklable);
    CHECK(dumps(added, out, {.protocol = 4}).has_value());
    CHECK(out.view().starts_with("before\x80\4"));
}

TEST_CASE("writer: long pickles are framed, long bytes stand outside", "[pickle]") {
    std::vector<Value> items;
    for (int i = 0; i < 100'000; ++i)
        items.emplace_back(i);
    const std::string framed = dump(parley::list(items));
    CHECK(count_opcode(framed, Opcode::FRAME) >= 4);
    CHECK(load(framed).size() == items.size());
    const Value big = parley::list(1, parley::bytes(std::string(100'000, 'x')), "text");
    const std::string around = dump(big);
    CHECK(load(around) == big);
    CHECK(count_opcode(around, Opcode::FRAME) == 2);
    CHECK(count_opcode(dump(big, 3), Opcode::FRAME) == 0);
}

TEST_CASE("writer: long lists come in batches", "[pickle]") {
    std::vector<Value> items(2001, Value(7));
    const std::string pickle = dump(parley::list(items));
    CHECK(count_opcode(pickle, Opcode::APPENDS) == 2);
    CHECK(count_opcode(pickle, Opcode::APPEND) == 1);
}

TEST_CASE("writer: a message is appended to a buffer that is kept", "[pickle]") {
    Buffer out;
    const Value value = parley::list(1, "two", 3.0);
    REQUIRE(dumps(value, out).has_value());
    const std::string once(out.view());
    const std::byte* const memory = out.data();
    out.clear();
    REQUIRE(dumps(value, out).has_value());
    CHECK(out.view() == once);
    CHECK(out.data() == memory);
}

TEST_CASE("writer: protocol 5 sends buffers out of band, or in place", "[pickle]") {
    const Value value = parley::list(parley::buffer(Buffer(support::as_bytes("ab")), true),
                                     parley::buffer(Buffer(support::as_bytes("cd")), false));
    std::vector<Value> buffers;
    const Buffer outside = dumps(value, {.protocol = 5, .buffers = &buffers}).value();
    CHECK(count_opcode(outside.view(), Opcode::NEXT_BUFFER) == 2);
    CHECK(count_opcode(outside.view(), Opcode::READONLY_BUFFER) == 1);
    REQUIRE(buffers.size() == 2);
    CHECK(support::as_text(buffers[1].as_buffer()) == "cd");
    const Value inside = load(dump(value, 5));
    CHECK(inside[0].is_bytes());
    CHECK(inside[1].is_bytearray());
}

TEST_CASE("writer: keyword arguments to __new__ are a partial() below protocol 4", "[pickle]") {
    const Value value = parley::ObjectBuilder(parley::Form::new_, parley::global("m", "A"),
                                              parley::tuple(1), parley::dict({{"k", 2}}))
                            .build();
    CHECK(count_opcode(dump(value), Opcode::NEWOBJ_EX) == 1);
    const Value partial = load(dump(value, 3)).as_object().callable();
    CHECK(partial.as_object().callable().is_global("functools", "partial"));
    CHECK(partial.as_object().state()->at(2) == parley::dict({{"k", 2}}));
}

TEST_CASE("trap: an object is called with the set that is still empty then", "[pickle]") {
    // K({K}): CPython writes the call inside of the set, and once more around it.
    const std::string program = "cm\nK\n\x8f\x94(cm\nK\nh\0\x85R\x94\x90\x85R0h\1."s;
    const Value value = load(program);
    const std::string pickle = dump(value);
    CHECK(support::same_graph(value, load(pickle)));
    const std::size_t call = pickle.find('R');
    const std::size_t fill = pickle.find('\x90');
    CHECK(call < fill);
    CHECK(count_opcode(pickle, Opcode::REDUCE) == 2);
    // Entered from the set, depth first is the right order.
    CHECK(count_opcode(dump(value.as_object().args()[0]), Opcode::POP) > 0);
}

TEST_CASE("trap: a popped call is made all the same", "[pickle]") {
    const std::string pickle = dump(load("cm\nA\n)R0cm\nB\n)R."));
    CHECK(count_opcode(pickle, Opcode::REDUCE) == 2);
    CHECK(pickle.find("A") < pickle.find("B"));
    // What was left on the stack has been made as well.
    CHECK(count_opcode(dump(load("cm\nA\n)Rcm\nB\n)R.")), Opcode::REDUCE) == 2);
}

TEST_CASE("trap: state put into a class is put there again", "[pickle]") {
    const std::string pickle = dump(load("cm\nA\n}b."));
    CHECK(count_opcode(pickle, Opcode::BUILD) == 1);
    CHECK(load(pickle).is_global("m", "A"));
    CHECK(dump(load(pickle)) == pickle);
}

TEST_CASE("trap: a state setter is called in its turn", "[pickle]") {
    const Value value = load("cm\nA\n)R\x94(K\1ecm\nset\nh\0}\x86R0K\2a."s);
    const std::string pickle = dump(value);
    CHECK(support::same_graph(value, load(pickle)));
    CHECK(count_opcode(pickle, Opcode::POP) == 1);
    CHECK(pickle.find('e') < pickle.find("set"));
}

TEST_CASE("trap: the order of changes to an object is kept", "[pickle]") {
    const Value value = load("cm\nA\n)R}bK\1a}K\1K\2sbK\3K\4sK\5a.");
    std::vector<parley::Change::Kind> kinds;
    for (const auto& change : load(dump(value)).as_object().changes())
        kinds.push_back(change.kind);
    using Kind = parley::Change::Kind;
    CHECK(kinds ==
          std::vector<Kind>{Kind::state, Kind::append, Kind::state, Kind::set_items, Kind::append});
}

TEST_CASE("trap: an object changed through the memo is changed in its turn", "[pickle]") {
    // A() is made, B(A()) looks at it, then A() gets its state.
    const Value value = load(
        "cm\nA\n)R\x94"
        "0cm\nB\nh\0\x85Rh\0K\7b\x86."s);
    const std::string pickle = dump(value);
    CHECK(support::same_graph(value, load(pickle)));
    CHECK(pickle.find('B') < pickle.find("K\7b"));
}

TEST_CASE("trap: tuples and frozensets that hold themselves", "[pickle]") {
    const Value tuple = load(
        "]\x94h\0\x85\x94"
        "a0h\1."s);
    const Value frozen = load("(cm\nA\n)R\x94\x91\x94h\0}\x8c\1fh\1sb0."s);
    for (int protocol = 2; protocol <= 5; ++protocol) {
        CHECK(support::same_graph(tuple, load(dump(tuple, protocol))));
        CHECK(support::same_graph(frozen, load(dump(frozen, protocol))));
    }
}

TEST_CASE("trap: a dict whose value is replaced after a call has seen the old one", "[pickle]") {
    const Value value = load("}\x94K\1K\2scm\nA\nh\0\x85R\x94h\0K\1h\1s\x86."s);
    const std::string pickle = dump(value);
    CHECK(support::same_graph(value, load(pickle)));
    CHECK(pickle.find("K\1K\2") < pickle.find('R'));
}

TEST_CASE("trap: strings, bytes and tuples share identity too", "[pickle]") {
    const Value value = load("](\x8c\1a\x94h\0C\1b\x94h\1K\1\x85\x94h\2U\1c\x94h\3e."s);
    const Value back = load(dump(value));
    for (int i = 0; i < 8; i += 2)
        CHECK(back[i].is(back[i + 1]));
    CHECK(support::same_graph(value, back));
}

TEST_CASE("trap: INST, OBJ and extension codes pass through", "[pickle]") {
    const Value value = load("(](K\1im\nA\n(cm\nB\nK\2o\x82\x42)Rt.");
    CHECK(support::same_graph(value, load(dump(value))));
    CHECK(count_opcode(dump(value), Opcode::OBJ) == 2);
    CHECK(count_opcode(dump(value), Opcode::EXT1) == 1);
}

TEST_CASE("trap: a bomb of shared lists stays small", "[pickle]") {
    std::string bomb = "]\x94";
    for (int i = 0; i < 60; ++i)
        bomb += "]\x94(h"s + static_cast<char>(i) + "h" + static_cast<char>(i) + "e";
    const Value value = load(bomb + ".");
    CHECK(dump(value).size() < 2 * bomb.size());
    CHECK(value == load(bomb + "."));
    Value built = parley::list();
    for (int i = 0; i < 60; ++i)
        built = parley::list(built, built);
    CHECK(load(dump(built)) == built);
}

TEST_CASE("trap: a long int, text or name that is fetched again and again is written once",
          "[pickle]") {
    const std::string size = "\xa0\x86\1\0"s;
    const std::string body(100'000, 'x');
    for (const std::string& first :
         {"\x8b" + size + body, "X" + size + body, "B" + size + body, "T" + size + body,
          "c" + body + "\ny\n", "c__builtin__\nx." + body + "\n"}) {
        std::string pickle = first +
                             "q\0"
                             "0("s;
        for (int i = 0; i < 5'000; ++i)
            pickle += "h\0"s;
        const Value value = load(pickle + "t.");
        INFO(first.front());
        for (int protocol = 2; protocol <= 5; ++protocol) {
            const auto written = parley::pickle::dumps(value, {.protocol = protocol}).value();
            CHECK(written.size() < 2 * pickle.size());
        }
        CHECK(value == load(pickle + "t."));
        CHECK((value <=> load(pickle + "t.")) == std::partial_ordering::equivalent);
    }
}

TEST_CASE("trap: a call that was no value does not become one", "[pickle]") {
    const std::string text = "X\x20\0\0\0"s + std::string(32, 'x');
    for (const std::string& pickle :
         {text + "q\0"
                 "0c_codecs\nencode\nh\0\x8c\6latin1\x86R."s,
          "cbuiltins\nset\n]q\0\x85Rh\0\x86."s, "]q\0cbuiltins\nset\nh\0\x85R]\x86\x86."s}) {
        const Value value = load(pickle);
        for (int protocol = 2; protocol <= 5; ++protocol) {
            const auto written = parley::pickle::dumps(value, {.protocol = protocol}).value();
            const Value back = parley::pickle::loads(parley::ConstBytes(written)).value();
            CHECK(support::same_graph(value, back));
        }
    }
}

TEST_CASE("trap: a million levels are written without recursion", "[pickle]") {
    const std::string deep = std::string(1'000'000, '(') + std::string(1'000'000, 'l') + ".";
    CHECK(load(dump(load(deep))) == load(deep));
    Value calls = call_of("A");
    for (int i = 0; i < 100'000; ++i)
        calls = call_of("A", parley::tuple(calls));
    CHECK(load(dump(calls)) == calls);
}

TEST_CASE("encoder: writes whole pickles for whoever needs no Value", "[pickle]") {
    Buffer out;
    parley::pickle::Encoder encoder(out, 4);
    encoder.opcode(Opcode::EMPTY_LIST);
    const std::uint32_t list = encoder.memoize();
    encoder.opcode(Opcode::MARK);
    encoder.integer(7);
    encoder.floating(0.5);
    encoder.str("text");
    encoder.global("m", "A");
    encoder.get(list);
    encoder.opcode(Opcode::APPENDS);
    REQUIRE(encoder.finish().has_value());
    const Value value = load(out.view());
    CHECK(value[0] == 7);
    CHECK(value[3].is_global("m", "A"));
    CHECK(value[4].is(value));
}

TEST_CASE("encoder: without a finish the buffer is as it was", "[pickle]") {
    Buffer out(support::as_bytes("kept"));
    {
        parley::pickle::Encoder encoder(out, 4);
        encoder.str(std::string(100'000, 'x'));
    }
    CHECK(out.view() == "kept");
    parley::pickle::Encoder encoder(out, 2);
    encoder.fail("because");
    CHECK(encoder.finish().error().detail == "because");
}
