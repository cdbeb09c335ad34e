#include "support/bytes.hpp"
#include "support/catch.hpp"
#include "support/pickle_reading.hpp"

#include <parley/object.hpp>
#include <parley/pickle/reader.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::string_literals;
using parley::Buffer;
using parley::Errc;
using parley::Value;
using parley::pickle::LoadOptions;
using support::check_load_error;
using support::load;
using support::try_load;

TEST_CASE("reader: a pickle that ends too soon is truncated", "[pickle]") {
    check_load_error("", Errc::pickle_truncated, "at byte 0: no STOP");
    check_load_error("N", Errc::pickle_truncated, "at byte 1: no STOP");
    check_load_error("K", Errc::pickle_truncated, "at byte 0, BININT1: expected 1 bytes, came 0");
    check_load_error("NG1234567", Errc::pickle_truncated,
                     "at byte 1, BINFLOAT: expected 8 bytes, came 7");
    check_load_error("X\5\0\0\0abcd"s, Errc::pickle_truncated,
                     "at byte 0, BINUNICODE: expected 5 bytes, came 4");
    check_load_error("I12", Errc::pickle_truncated,
                     "at byte 0, INT: expected a line that ends, came 2");
}

TEST_CASE("reader: every prefix of a pickle is refused, and never read past", "[pickle]") {
    const std::string whole =
        "\x80\4\x95\x10\0\0\0\0\0\0\0]\x94(K\1M\2\3J\1\2\3\4\x8c\1a\x94"
        "e."s;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto result = try_load(std::string_view(whole).substr(0, size));
        REQUIRE(result.has_error());
        const bool expected = result.error().code == Errc::pickle_truncated ||
                              result.error().code == Errc::pickle_bad_frame;
        CHECK(expected);
    }
}

TEST_CASE("reader: nothing may follow STOP", "[pickle]") {
    check_load_error("N.N", Errc::pickle_trailing_data, "at byte 1, STOP: 1 bytes");
}

TEST_CASE("reader: a byte that is no opcode is named", "[pickle]") {
    check_load_error("N\xff.", Errc::pickle_unknown_opcode, "at byte 1, ?: 0xff");
    check_load_error("\n", Errc::pickle_unknown_opcode, "at byte 0, ?: 0x0a");
}

TEST_CASE("reader: protocols above 5 are unknown", "[pickle]") {
    check_load_error("\x80\6N.", Errc::pickle_unknown_protocol, "at byte 0, PROTO: 6");
    for (char protocol = 0; protocol <= 5; ++protocol) {
        CHECK(load("\x80"s + protocol + "N.").is_none());
    }
}

TEST_CASE("reader: an opcode without its operands underflows", "[pickle]") {
    check_load_error(".", Errc::pickle_stack_underflow,
                     "at byte 0, STOP: expected 1 values, came 0");
    check_load_error("Na.", Errc::pickle_stack_underflow,
                     "at byte 1, APPEND: expected 2 values, came 1");
    check_load_error("0.", Errc::pickle_stack_underflow,
                     "at byte 0, POP: expected 1 values, came 0");
    for (const char* pickle :
         {"2.", "p0\n", "q\1", "\x94", "NR.", "Nb.", "N\x81.", "NN\x92.", "N\x93.", "\x85.",
          "N\x86.", "NN\x87.", "NNs.", "Q.", "\x98.", "(e.", "(u.", "(\x90.", "(o."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_stack_underflow);
    }
}

TEST_CASE("reader: nothing below the last MARK can be reached", "[pickle]") {
    for (const char* pickle : {"N(.", "](Na.", "N(2.", "NN(\x86.", "N(q\1."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_stack_underflow);
    }
}

TEST_CASE("reader: an opcode without its MARK says so", "[pickle]") {
    check_load_error("Nt.", Errc::pickle_missing_mark, "at byte 1, TUPLE: no MARK on the stack");
    for (const char* pickle :
         {"1.", "l.", "d.", "]e.", "}u.", "\x8f\x90.", "\x91.", "o.", "ia\nb\n."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_missing_mark);
    }
}

TEST_CASE("reader: a memo entry must have been stored", "[pickle]") {
    check_load_error("h\1.", Errc::pickle_missing_memo, "at byte 0, BINGET: index 1");
    check_load_error("Nq\1h\0."s, Errc::pickle_missing_memo, "at byte 3, BINGET: index 0");
    check_load_error("g12\n.", Errc::pickle_missing_memo, "at byte 0, GET: index 12");
    check_load_error("Np-1\n.", Errc::pickle_bad_memo_index,
                     "at byte 1, PUT: expected a number from 0, came '-1'");
    check_load_error("Ngx\n.", Errc::pickle_bad_memo_index,
                     "at byte 1, GET: expected a number from 0, came 'x'");
}

TEST_CASE("reader: memo indexes far away cost nothing", "[pickle]") {
    const Value value = load(
        "]r\xff\xff\xff\x07j\xff\xff\xff\x07"
        "a.");
    CHECK(value[0].is(value));
    const auto* message = parley::pickle::Access::message(value);
    CHECK(message->memory() < 4096);
    CHECK(load("Np9223372036854775807\n0g9223372036854775807\n.").is_none());
}

TEST_CASE("reader: MEMOIZE counts entries, not indexes", "[pickle]") {
    CHECK(load("K\1q\x64K\2\x94K\3\x94h\1h\2\x86.")[0] == 2);
    CHECK(load("K\1\x94K\2q\0K\3\x94h\0h\1\x86."s) == parley::tuple(2, 3));
}

TEST_CASE("reader: lengths are checked before anything is allocated", "[pickle]") {
    check_load_error("\x8b\xff\xff\xff\xff.", Errc::pickle_bad_length,
                     "at byte 0, LONG4: the length is -1");
    check_load_error("T\xff\xff\xff\xff.", Errc::pickle_bad_length,
                     "at byte 0, BINSTRING: the length is -1");
    check_load_error("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", Errc::pickle_truncated,
                     "at byte 0, BINBYTES8: expected 18446744073709551615 bytes, came 1");
    check_load_error("\x96\xff\xff\xff\xff\xff\xff\xff\x7f.", Errc::pickle_truncated,
                     "at byte 0, BYTEARRAY8: expected 9223372036854775807 bytes, came 1");
}

TEST_CASE("reader: a FRAME must be there as a whole, as for CPython's C reader", "[pickle]") {
    check_load_error("\x80\4\x95\3\0\0\0\0\0\0\0N."s, Errc::pickle_bad_frame,
                     "at byte 2, FRAME: a frame of 3 bytes, of which came 2");
    CHECK(load("\x80\4\x95\1\0\0\0\0\0\0\0\x8c\1a."s) == "a");
}

TEST_CASE("reader: opcodes refuse operands that no Python takes", "[pickle]") {
    check_load_error("K\1)R.", Errc::pickle_bad_operand,
                     "at byte 3, REDUCE: expected something to call, came int");
    check_load_error("ca\nb\n]R.", Errc::pickle_bad_operand,
                     "at byte 6, REDUCE: expected a tuple of arguments, came list");
    check_load_error("N)\x81.", Errc::pickle_bad_operand,
                     "at byte 2, NEWOBJ: expected a class, came NoneType");
    check_load_error(")Na.", Errc::pickle_bad_operand,
                     "at byte 2, APPEND: expected a list, came tuple");
    check_load_error("NNNs.", Errc::pickle_bad_operand,
                     "at byte 3, SETITEM: expected a dict, came NoneType");
    check_load_error("](N\x90.", Errc::pickle_bad_operand,
                     "at byte 3, ADDITEMS: expected a set, came list");
    check_load_error("}(Nu.", Errc::pickle_bad_operand,
                     "at byte 3, SETITEMS: a key without its value");
    check_load_error("(Nd.", Errc::pickle_bad_operand, "at byte 2, DICT: a key without its value");
    check_load_error("K\1\x8c\1a\x93.", Errc::pickle_bad_operand,
                     "at byte 5, STACK_GLOBAL: expected a module's name, came int");
    check_load_error("\x82\0."s, Errc::pickle_bad_operand, "at byte 0, EXT1: the code is 0");
    check_load_error("\x84\xff\xff\xff\xff.", Errc::pickle_bad_operand,
                     "at byte 0, EXT4: the code is -1");
    check_load_error("ca\nb\n)N\x92.", Errc::pickle_bad_operand,
                     "at byte 7, NEWOBJ_EX: expected a dict of keyword arguments, came NoneType");
}

TEST_CASE("reader: a builtin value takes no state", "[pickle]") {
    check_load_error("]}b.", Errc::pickle_bad_state,
                     "at byte 2, BUILD: a list takes no state, came dict");
    CHECK(load("]Nb.") == parley::list());
    CHECK(load("ca\nb\n)\x81K\1b.").as_object().state() == Value(1));
}

TEST_CASE("reader: unhashable keys are refused", "[pickle]") {
    check_load_error("}]Ns.", Errc::pickle_unhashable_key,
                     "at byte 3, SETITEM: a key or member that Python cannot hash");
    for (const char* pickle :
         {"(}Nd.", "(]\x91.", "\x8f(}\x90.", "}]\x85Ns.", "}(KaKbKcKd]KeKfKgKhtNs.",
          "c__builtin__\nset\n(]]a\x85R.", "}\x8fNs."}) {
        INFO(pickle);
        const auto result = try_load(pickle);
        REQUIRE(result.has_error());
    }
    CHECK(try_load("c__builtin__\nset\n]]a\x85R.").error().code == Errc::pickle_unhashable_key);
    CHECK(try_load("}\x96\0\0\0\0\0\0\0\0Ns."s).error().code == Errc::pickle_unhashable_key);
}

TEST_CASE("reader: out-of-band buffers must be given", "[pickle]") {
    check_load_error("\x80\5\x97.", Errc::pickle_missing_buffer,
                     "at byte 2, NEXT_BUFFER: the pickle takes more than the 0 given");
    std::vector<Buffer> buffers;
    buffers.emplace_back(support::as_bytes("abc"));
    const std::byte* const data = buffers[0].data();
    const Value value =
        parley::pickle::loads(Buffer(support::as_bytes("\x80\5\x97\x98.")), {}, std::move(buffers))
            .value();
    REQUIRE(value.is_buffer());
    CHECK(value.buffer_readonly());
    CHECK(value.as_buffer().data() == data);
}

TEST_CASE("reader: limits are options", "[pickle]") {
    check_load_error("NN.", Errc::pickle_too_large, "3 bytes, at most 2", {.max_size = 2});
    check_load_error("L12345678901234567890L\n.", Errc::pickle_too_large,
                     "at byte 0, LONG: 20 decimal digits, at most 19", {.max_digits = 19});
    const std::string digits(60'000, '7');
    CHECK(try_load("L" + digits + "\n.").error().code == Errc::pickle_too_large);
    CHECK(try_load("L" + digits + "\n.", {.max_digits = std::nullopt}).has_value());
    const std::string many(100'000, ']');
    check_load_error(many + ".", Errc::pickle_too_large,
                     "the message takes more than 1000000 bytes of memory",
                     {.max_memory = 1'000'000});
}

TEST_CASE("reader: memory is bounded by the bytes received, as docs/pickle.md says", "[pickle]") {
    // Each of these asks for as much memory as so few bytes can.
    struct Greed {
        std::string first;
        std::string unit;
        std::string last;
    };
    const std::string object = "ca\nb\n)R";
    const std::vector<Greed> all{
        {"", "]", "."},
        {"", "}", "."},
        {"", "\x8f", "."},
        {"]", "(", "N."},
        {"]", "2", "."},
        {"]", "\x94", "."},
        {"]", "(l", "."},
        {"(", "N", "t."},
        {"(", "N", "l."},
        {"N", "\x85", "."},
        {"N", "\x85", "\x85N\x86."},
        {"\x8fN", "\x85", "\x85(\x91."},
        {"\x8f(N", "\x85", "\x90."},
        {"(N", "\x85\x94", "\x91."},
        {"(N", "\x85(\x91\x86", "\x91."},
        {"(", ")\x85\x85", "\x91."},
        {"(", "(\x91", "\x91."},
        {"}", "(\x91Ns", "."},
        {object, ")R", "."},
        {object, ")}\x92", "."},
        {"ca\nb\n", "2)R2", "."},
        {object, "Na", "."},
        {object, "Nb", "."},
        {object, "NNs", "."},
        {object, "}b", "."},
        {object, "(NeNb", "."},
        {"]", "Na", "."},
        {"]2", "Na", "."},
        {"]2", "(NNe", "."},
        {"}2", "NNs", "."},
        {"\x8f"
         "2",
         "(N\x90", "."},
        {"", "ca\na\n", "."},
        {"", "Pa\n", "."},
        {"", "Va\n", "."},
        {"", "S'a'\n", "."},
        {"", "\x96\0\0\0\0\0\0\0\0"s, "."},
    };
    for (const Greed& greed : all) {
        for (const std::size_t size :
             {std::size_t{1000}, std::size_t{66'000}, std::size_t{300'000}}) {
            std::string pickle = greed.first;
            while (pickle.size() < size)
                pickle += greed.unit;
            pickle += greed.last;
            INFO(support::to_hex(greed.first + greed.unit + greed.last) << " of " << pickle.size());
            // The root of some is no node: a tuple around it has the message.
            pickle.insert(pickle.size() - 1, "\x85");
            const Value value = load(pickle);
            const auto* message = parley::pickle::Access::message(value);
            REQUIRE(message != nullptr);
            CHECK(message->memory() <= (16 << 10) + 144 * pickle.size());
            CHECK(message->peak_memory() <= (16 << 10) + 256 * pickle.size());
        }
    }
    // Distinct numbers, so that the index of a set is as big as it can be.
    std::string numbers = "\x8f(";
    for (int i = 0; i < 60'000; ++i)
        numbers += {'M', static_cast<char>(i & 0xff), static_cast<char>(i >> 8)};
    const Value set = load(numbers + "\x90.");
    const auto* message = parley::pickle::Access::message(set);
    CHECK(message->memory() <= (16 << 10) + 144 * numbers.size());
    CHECK(message->peak_memory() <= (16 << 10) + 256 * numbers.size());
    std::string far = "N";
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        const std::uint32_t index = 0xffffffff - 2 * i;
        far += 'r';
        far.append(reinterpret_cast<const char*>(&index), sizeof index);
    }
    CHECK(load(far + "\x85.").is_tuple());
}

TEST_CASE("reader: calls that stand for values copy nothing again and again", "[pickle]") {
    // A long text, or list, fetched from the memo by ever more calls.
    const std::string text = "X\xa0\x86\1\0"s + std::string(100'000, 'x') + "q\0"s + "0";
    const std::string list = "](" + std::string(100'000, 'N') + "eq\0"s + "0";
    const std::vector<std::pair<std::string, std::string>> all{
        {text + "c_codecs\nencode\nq\1"
                "0(",
         "h\1h\0\x8c\6latin1\x86R"s},
        {text + "h\0\x8c\6latin1\x86q\2"s +
             "0c_codecs\nencode\nq\1"
             "0(",
         "h\1h\2R"},
        {text + "cbuiltins\nbytearray\nq\1"
                "0(",
         "h\1h\0\x8c\6latin1\x86R"s},
        {list + "cbuiltins\nset\nq\1"
                "0(",
         "h\1h\0\x85R"s},
        {"](" + std::string(100'000, 'N') +
             "e\x85q\2"
             "0cbuiltins\nset\nq\1"
             "0(",
         "h\1h\2R"},
    };
    for (const auto& [first, unit] : all) {
        std::string pickle = first;
        for (int i = 0; i < 5'000; ++i)
            pickle += unit;
        pickle += "t.";
        INFO(support::to_hex(unit));
        const Value value = load(pickle);
        REQUIRE(value.size() == 5'000);
        const auto* message = parley::pickle::Access::message(value);
        CHECK(message->memory() <= (16 << 10) + 144 * pickle.size());
    }
    // A text of one character is one object to Python, and comes from the memo.
    CHECK(load("\x8c\1xq\0c_codecs\nencode\nh\0\x8c\6latin1\x86R\x86."s)[1] == parley::bytes("x"));
}

TEST_CASE("reader: the memory limit counts what reading takes for the time being", "[pickle]") {
    const std::size_t count = 200'000;
    const std::vector<std::string> pickles{
        std::string(count, 'N') + ".",                       // the stack
        std::string(count, '(') + "N.",                      // the marks
        "N" + std::string(count, '\x94') + ".",              // the memo
        "(N" + std::string(count, '\x85') + "\x91" + "0N.",  // the keys
    };
    for (const std::string& pickle : pickles) {
        INFO(pickle.front());
        CHECK(try_load(pickle, {.max_memory = 1'000'000}).error().code == Errc::pickle_too_large);
        CHECK(try_load(pickle, {.max_memory = 256 * pickle.size()}).has_value());
    }
}

TEST_CASE("reader: a million levels are read, compared and dropped without recursion", "[pickle]") {
    const std::string deep = std::string(1'000'000, '(') + std::string(1'000'000, 'l') + ".";
    const Value lists = load(deep);
    CHECK(lists == load(deep));
    const Value tuples = load("N" + std::string(1'000'000, '\x85') + ".");
    CHECK(parley::set(tuples, load("N" + std::string(1'000'000, '\x85') + ".")).size() == 1);
    CHECK(load(std::string(1'000'000, ']') + std::string(999'999, 'a') + ".").size() == 1);
}

TEST_CASE("reader: sixty levels of one shared key are sixty steps", "[pickle]") {
    std::string pickle = "}K\1\x85";
    for (int i = 0; i < 60; ++i)
        pickle += "2\x86";
    CHECK(load(pickle + "Ns.").size() == 1);
    CHECK(load("\x8f(" + pickle.substr(1) + "\x90.").size() == 1);
    CHECK(load("(" + pickle.substr(1) + "\x91.").size() == 1);
}

TEST_CASE("reader: long keys used again and again are compared once", "[pickle]") {
    // Two equal strings of 100,000 bytes, as keys of 50,000 dicts.
    const std::string text(100'000, 'x');
    std::string pickle;
    for (char index : {'\0', '\1'})
        pickle += "X\xa0\x86\1\0"s + text + "q" + index + "0";
    pickle += "](";
    for (int i = 0; i < 50'000; ++i)
        pickle += "}h\0Nsh\1Ns"s;
    const Value dicts = load(pickle + "e.");
    CHECK(dicts[0].size() == 1);
    CHECK(dicts[-1].size() == 1);
}

TEST_CASE("reader: equal keys merge, the first key and the last value stay", "[pickle]") {
    const Value dict = load("}(K\1\x8c\1aG?\xf0\0\0\0\0\0\0\x8c\1b\x88\x8c\1cu."s);
    REQUIRE(dict.size() == 1);
    CHECK(dict.items()[0].key.is_int());
    CHECK(dict.items()[0].value == "c");
}

TEST_CASE("reader: SETITEM replaces an item of a list, as in Python", "[pickle]") {
    CHECK(load("](K\1K\2eK\0\x8c\1as."s) == parley::list("a", 2));
    CHECK(load("](K\1K\2e(J\xff\xff\xff\xff\x8c\1bK\0Nu."s) == parley::list(nullptr, "b"));
    check_load_error("](K\1eK\1Ns.", Errc::pickle_bad_operand,
                     "at byte 8, SETITEM: position 1 of 1");
    check_load_error("](K\1eNNs.", Errc::pickle_bad_operand,
                     "at byte 7, SETITEM: expected a position in the list, came NoneType");
}

TEST_CASE("reader: cycles are cycles", "[pickle]") {
    const Value list = load("]q\0h\0a."s);
    CHECK(list[0].is(list));
    const Value dict = load("}q\0Nh\0s."s);
    CHECK(dict[nullptr].is(dict));
    const Value tuple = load("]q\0h\0\x85q\1a0h\1."s);
    REQUIRE(tuple.is_tuple());
    CHECK(tuple[0][0].is(tuple));
    const Value object = load("ca\nb\n)\x81q\0}\x8c\2meh\0sb."s);
    CHECK(object.as_object().attribute("me")->is(object));
    CHECK(list == load("]q\0h\0a."s));
}

TEST_CASE("reader: calls that stand for builtin values are these values", "[pickle]") {
    CHECK(load("c_codecs\nencode\n\x8c\3a\xc3\xbf\x8c\6latin1\x86R.") == parley::bytes("a\xff"));
    CHECK(load("c__builtin__\nbytes\n)R.") == parley::bytes(""));
    CHECK(load("c__builtin__\nbytearray\n\x8c\1aU\7latin-1\x86R.").is_bytearray());
    CHECK(load("cbuiltins\nset\n](K\1K\1e\x85R.") == parley::set(1));
    CHECK(load("cbuiltins\nfrozenset\n]\x85R.").is_frozenset());
    CHECK(load("cbuiltins\ncomplex\nG\0\0\0\0\0\0\0\0G?\xf0\0\0\0\0\0\0\x86R."s) ==
          Value(std::complex<double>(0, 1)));
    CHECK(load("cbuiltins\nEllipsis\n.").is_ellipsis());
    CHECK(load("cbuiltins\nNotImplemented\n.").is_not_implemented());
    // Other calls of the same names are not.
    CHECK(load("c_codecs\nencode\n\x8c\3\xe4\xbd\xa0\x8c\6latin1\x86R.").is_object());
    CHECK(load("cbuiltins\nset\n)R.").is_object());
    CHECK(load("]q\0cbuiltins\nset\nh\0\x85R\x86."s)[1].is_object());
}

TEST_CASE("reader: instances are kept as they were made and changed", "[pickle]") {
    const Value value = load("ca\nB\nK\1\x85R(K\2K\3eK\4a}b.");
    const parley::Object object = value.as_object();
    CHECK(object.form() == parley::Form::call);
    CHECK(object.callable().is_global("a", "B"));
    CHECK(object.args() == parley::tuple(1));
    CHECK(object.list_items() == std::vector<Value>{2, 3, 4});
    CHECK(object.change_count() == 3);
    CHECK(object.state() == parley::dict());
    CHECK(load("(ia\nB\n.").as_object().form() == parley::Form::instance);
    CHECK(load("(ca\nB\nK\1o.").as_object().args() == parley::tuple(1));
    CHECK(load("ca\nB\n)}\x92.").as_object().kwargs() == parley::dict());
    CHECK(load("ca\nB\n}b.").is_global("a", "B"));
}

TEST_CASE("reader: a state setter is a change of its object", "[pickle]") {
    const Value value = load("ca\nB\n)Rq\0ca\nset\nh\0}\x86R0."s);
    const parley::Object object = value.as_object();
    REQUIRE(object.change_count() == 1);
    CHECK(object.change(0).kind == parley::Change::Kind::call);
    CHECK(object.state() == parley::dict());
}

TEST_CASE("reader: Python 2's names are known by Python 3's", "[pickle]") {
    const Value value = load("\x80\2c__builtin__\nxrange\n.");
    CHECK(value.module() == "__builtin__");
    CHECK(value.is_global("builtins", "range"));
    CHECK(load("\x80\2ccopy_reg\n_reconstructor\n.").is_global("copyreg", "_reconstructor"));
    CHECK_FALSE(load("\x80\3c__builtin__\nxrange\n.").is_global("builtins", "range"));
}

TEST_CASE("reader: a class is one key by Python 2's name and by Python 3's", "[pickle]") {
    const Value legacy = load("\x80\2c__builtin__\nxrange\n.");
    const Value modern = load("\x80\3cbuiltins\nrange\n.");
    CHECK(legacy == modern);
    CHECK(parley::set(legacy, modern, load("\x80\3c__builtin__\nxrange\n.")).size() == 2);
    CHECK(parley::dict({{parley::tuple(legacy), 1}}).at(parley::tuple(modern)) == 1);
    CHECK(load("\x80\2(c__builtin__\nxrange\n\x80\4cbuiltins\nrange\n\x91.").size() == 1);
}

TEST_CASE("reader: persistent ids are kept, or given their meaning", "[pickle]") {
    CHECK(load("Pname\n.").as_persistent_id() == "name");
    CHECK(load("K\1Q.").as_persistent_id() == 1);
    LoadOptions options;
    options.persistent_load = [](const Value& id) -> parley::Result<Value> {
        if (id == "list") return parley::list(1, 2);
        return parley::Failure(Errc::invalid_argument, "no such thing");
    };
    CHECK(try_load("](Plist\nK\1e.", options).value() == parley::list(parley::list(1, 2), 1));
    check_load_error("Pother\n.", Errc::invalid_argument, "no such thing", options);
    // What the program gave is not the pickle's to change.
    CHECK(try_load("Plist\nNa.", options).error().code == Errc::pickle_bad_operand);
}

TEST_CASE("reader: extension codes are kept", "[pickle]") {
    CHECK(load("\x82\x42.").as_extension() == 0x42);
    CHECK(load("\x84\1\2\3\4.").as_extension() == 0x04030201);
    CHECK(load("\x82\x42)R.").is_object());
}

TEST_CASE("reader: text and bytes are views into the message", "[pickle]") {
    Buffer pickle(support::as_bytes("]\x8c\3abcaC\3defa."));
    const std::byte* const data = pickle.data();
    const Value value = parley::pickle::loads(std::move(pickle)).value();
    CHECK(static_cast<const void*>(value[0].as_str().data()) == data + 3);
    CHECK(value[1].as_bytes().data() == data + 9);
}

TEST_CASE("reader: a value knows the protocol it came in", "[pickle]") {
    CHECK(load("N.").protocol() == 0);
    CHECK(load("\x80\3K\1.").protocol() == 3);
    CHECK(load("\x80\4).").protocol() == 4);
    CHECK(load("\x80\5]N.").protocol() == 5);
    CHECK_FALSE(Value(1).protocol());
    CHECK_FALSE(parley::list(1).protocol());
}
