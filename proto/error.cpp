#include <parley/error.hpp>

namespace parley {
namespace {

using boost::system::error_condition;
namespace errc = boost::system::errc;

const char* describe(Errc code) noexcept {
    switch (code) {
        case Errc::closed:
            return "handle is closed";
        case Errc::not_readable:
            return "connection is write-only";
        case Errc::not_writable:
            return "connection is read-only";
        case Errc::busy:
            return "another call of this kind is under way";
        case Errc::invalid_argument:
            return "invalid argument";
        case Errc::bad_address:
            return "not an address";
        case Errc::bad_literal:
            return "not a Python literal";
        case Errc::not_picklable:
            return "cannot be pickled";
        case Errc::wrong_type:
            return "wrong type";
        case Errc::out_of_range:
            return "out of range";
        case Errc::missing_key:
            return "no such key";
        case Errc::buffer_too_short:
            return "buffer too short for the message";
        case Errc::no_executor:
            return "an asynchronous call needs an executor";
        case Errc::timeout:
            return "timed out";
        case Errc::end_of_file:
            return "the peer closed the connection";
        case Errc::truncated_message:
            return "the peer closed the connection inside a message";
        case Errc::bad_frame_length:
            return "bad message length";
        case Errc::message_too_long:
            return "message too long";
        case Errc::unexpected_handshake:
            return "handshake message out of order";
        case Errc::not_multiprocessing:
            return "the other side does not speak multiprocessing.connection";
        case Errc::digest_mismatch:
            return "digest received was wrong: the peer has another authkey";
        case Errc::rejected_by_peer:
            return "digest sent was rejected: the peer has another authkey";
        case Errc::no_challenge:
            return "the other side asks for no authkey";
        case Errc::no_answer:
            return "the other side does not answer our challenge";
        case Errc::challenged_without_key:
            return "the other side asks for an authkey";
        case Errc::challenge_too_short:
            return "challenge too short";
        case Errc::unsupported_digest:
            return "unsupported digest";
        case Errc::digest_not_allowed:
            return "digest not allowed by policy";
        case Errc::reflected_challenge:
            return "the peer sent our own challenge back";
        case Errc::handshake_timeout:
            return "the handshake did not end in time";
        case Errc::peer_not_allowed:
            return "the peer's user is not allowed";
        case Errc::too_many_handshakes:
            return "too many handshakes under way";
        case Errc::pickle_truncated:
            return "pickle data was truncated";
        case Errc::pickle_trailing_data:
            return "data after the end of the pickle";
        case Errc::pickle_unknown_opcode:
            return "unknown pickle opcode";
        case Errc::pickle_unknown_protocol:
            return "unknown pickle protocol";
        case Errc::pickle_stack_underflow:
            return "pickle stack underflow";
        case Errc::pickle_missing_mark:
            return "pickle opcode without its MARK";
        case Errc::pickle_missing_memo:
            return "pickle memo entry never stored";
        case Errc::pickle_bad_memo_index:
            return "bad pickle memo index";
        case Errc::pickle_bad_length:
            return "bad length in pickle";
        case Errc::pickle_bad_text:
            return "bad text argument in pickle";
        case Errc::pickle_bad_utf8:
            return "invalid UTF-8 in pickle";
        case Errc::pickle_bad_frame:
            return "bad pickle frame";
        case Errc::pickle_bad_operand:
            return "pickle opcode with operands of the wrong type";
        case Errc::pickle_bad_state:
            return "bad state in pickle";
        case Errc::pickle_unhashable_key:
            return "unhashable key in pickle";
        case Errc::pickle_missing_buffer:
            return "out-of-band buffer not given";
        case Errc::pickle_too_large:
            return "pickle over the reader's limit";
        case Errc::pickle_too_deep:
            return "objects too deep inside each other";
        case Errc::digest_unavailable:
            return "OpenSSL does not offer the digest here";
        case Errc::host_not_found:
            return "host not found";
        case Errc::descriptor_not_passed:
            return "no descriptor was passed";
    }
    return "unknown parley error";
}

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): nothing derives from it
class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "parley"; }

    std::string message(int value) const override { return describe(static_cast<Errc>(value)); }

    error_condition default_error_condition(int value) const noexcept override {
        switch (static_cast<Errc>(value)) {
            case Errc::timeout:
            case Errc::handshake_timeout:
                return errc::make_error_condition(errc::timed_out);
            case Errc::closed:
                return errc::make_error_condition(errc::bad_file_descriptor);
            case Errc::invalid_argument:
                return errc::make_error_condition(errc::invalid_argument);
            case Errc::out_of_range:
                return errc::make_error_condition(errc::result_out_of_range);
            case Errc::message_too_long:
                return errc::make_error_condition(errc::message_size);
            default:
                return {value, *this};
        }
    }
};

}  // namespace

Blame blame(Errc code) noexcept {
    const int value = static_cast<int>(code);
    if (code == Errc::timeout) return Blame::time;
    if (value >= 400) return Blame::system;
    if (value >= 300) return Blame::pickle;
    if (value >= 200) return Blame::authentication;
    if (value >= 100) return Blame::peer;
    return Blame::misuse;
}

const boost::system::error_category& error_category() noexcept {
    static const Category category;
    return category;
}

std::string Failure::message() const {
    if (detail.empty()) return code.message();
    return code.message() + ": " + detail;
}

Error::Error(const Failure& failure)
    : boost::system::system_error(failure.code), text_(failure.message()) {}

void throw_failure(const Failure& failure) {
    if (failure.code == errc::operation_canceled) throw Canceled(failure);
    if (failure.code.category() != error_category()) throw Error(failure);
    const auto code = static_cast<Errc>(failure.code.value());
    switch (code) {
        case Errc::end_of_file:
            throw EndOfFile(failure);
        case Errc::not_picklable:
            throw PickleError(failure);
        case Errc::wrong_type:
        case Errc::out_of_range:
        case Errc::missing_key:
            throw TypeError(failure);
        default:
            break;
    }
    switch (blame(code)) {
        case Blame::misuse:
            throw UsageError(failure);
        case Blame::time:
            throw Timeout(failure);
        case Blame::peer:
            throw ProtocolError(failure);
        case Blame::authentication:
            throw AuthenticationError(failure);
        case Blame::pickle:
            throw PickleError(failure);
        case Blame::system:
            break;
    }
    throw Error(failure);
}

}  // namespace parley
