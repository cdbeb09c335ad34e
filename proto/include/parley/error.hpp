// Every way a call can fail: one enum, its category, and the exceptions of the blocking API.
// docs/guide.md lists which call raises what.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley {

/// Why a call failed. Grouped by blame: see `Blame` and `blame()`.
///
/// Failures of the operating system (a refused connection, say) keep their own
/// `boost::system::system_category()` codes, and a cancelled call yields that category's
/// `operation_canceled` (the value of `boost::asio::error::operation_aborted`).
enum class Errc {
    // The program misused the API.
    closed = 1,        ///< The connection or listener is closed ("handle is closed" in CPython).
    not_readable,      ///< The connection was opened for writing only.
    not_writable,      ///< The connection was opened for reading only.
    busy,              ///< Another call of the same direction is under way.
    invalid_argument,  ///< An argument is out of its range, such as an offset past the end.
    bad_address,       ///< The text is not an address; see `Address::parse`.
    bad_literal,       ///< The text is not a Python literal.
    not_picklable,     ///< The value has no form in the chosen pickle protocol.
    wrong_type,        ///< The value is not of the type that was asked for.
    out_of_range,      ///< The number does not fit the type asked for, or no item is there.
    missing_key,       ///< The dict has no such key.
    buffer_too_short,  ///< The message is longer than the buffer given (BufferTooShort).
    no_executor,       ///< An asynchronous call on an object that was given no executor.

    // Nothing came in time.
    timeout,  ///< The time given for the call ran out.

    // The peer ended the conversation or broke the protocol.
    end_of_file = 100,     ///< The peer closed the connection between two messages (EOFError).
    truncated_message,     ///< The peer closed the connection inside a message.
    bad_frame_length,      ///< A frame announced a negative or impossible length.
    message_too_long,      ///< A frame announced more than the limit allows.
    unexpected_handshake,  ///< A handshake message out of its order.
    not_multiprocessing,   ///< The first bytes are not multiprocessing's: another protocol.

    // One side does not have the key, or not the one the other side wants.
    digest_mismatch = 200,   ///< The peer's answer to our challenge is wrong: it has another key.
    rejected_by_peer,        ///< The peer refused our answer: it has another key.
    no_challenge,            ///< The other side asks for no authkey where we have one.
    no_answer,               ///< Something else came where the answer to our challenge was due.
    challenged_without_key,  ///< The other side asks for an authkey where we have none.
    challenge_too_short,     ///< A challenge of fewer than 20 bytes, or of an unknown form.
    unsupported_digest,      ///< The peer named a digest that multiprocessing does not know.
    digest_not_allowed,      ///< The digest is one that our policy refuses.
    reflected_challenge,     ///< The peer sent our own challenge back to us.
    handshake_timeout,       ///< The handshake did not end within its time.
    peer_not_allowed,        ///< The peer's user is not one that the listener accepts.
    too_many_handshakes,     ///< The listener is at its limit of half-open peers.

    // A pickle is malformed, or over a limit.
    pickle_truncated = 300,   ///< The pickle ends inside an opcode or before STOP.
    pickle_trailing_data,     ///< Bytes follow STOP.
    pickle_unknown_opcode,    ///< No protocol has this opcode.
    pickle_unknown_protocol,  ///< PROTO names a protocol above 5.
    pickle_stack_underflow,   ///< An opcode needs more operands than the stack holds.
    pickle_missing_mark,      ///< An opcode needs a MARK that is not on the stack.
    pickle_missing_memo,      ///< An opcode fetches a memo entry that was never stored.
    pickle_bad_memo_index,    ///< A memo index is negative or not a number.
    pickle_bad_length,        ///< A length is negative.
    pickle_bad_text,          ///< The argument of a text opcode does not read as its type.
    pickle_bad_utf8,          ///< A str is not UTF-8 (lone surrogates aside).
    pickle_bad_frame,         ///< A FRAME reaches past the end.
    pickle_bad_operand,       ///< An opcode found operands of types it cannot take.
    pickle_bad_state,         ///< BUILD's state is of a form that no Python accepts.
    pickle_unhashable_key,    ///< A dict key or set member that Python cannot hash.
    pickle_missing_buffer,    ///< NEXT_BUFFER without an out-of-band buffer to take.
    pickle_too_large,         ///< The message is over a limit of the reader's options.
    pickle_too_deep,          ///< Typed objects lie deeper inside each other than the limit allows.

    // The machine cannot.
    digest_unavailable = 400,  ///< OpenSSL refuses the digest here (MD5 under FIPS, say).
    host_not_found,            ///< The host name has no address.
    descriptor_not_passed,     ///< No descriptor came where one was due.
};

/// Whose doing an error is.
enum class Blame { misuse, time, peer, authentication, pickle, system };

/// The family of an error of ours. Thread-safe.
[[nodiscard]] Blame blame(Errc code) noexcept;

/// The category of `Errc`, named "parley". Thread-safe.
[[nodiscard]] const boost::system::error_category& error_category() noexcept;

/// Found by argument-dependent lookup, so that an `Errc` converts to an `error_code`.
[[nodiscard]] inline boost::system::error_code make_error_code(Errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

/// What went wrong and the words that go with it: what was expected, what came, where.
struct Failure {
    boost::system::error_code code;
    std::string detail;  ///< May be empty; never ends in a full stop.

    Failure() = default;
    Failure(boost::system::error_code c, std::string d = {}) : code(c), detail(std::move(d)) {}
    Failure(Errc c, std::string d = {}) : code(make_error_code(c)), detail(std::move(d)) {}

    /// The detail and the code's own message in one line.
    [[nodiscard]] std::string message() const;
};

/// What `proto/` returns: a value or the reason why not. `value()` throws the matching exception.
template <typename T>
using Result = boost::system::result<T, Failure>;

/// The base of everything that parley throws: a `system_error` with parley's words.
class Error : public boost::system::system_error {
public:
    explicit Error(const Failure& failure);
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

/// The call cannot be made: a closed connection, a bad address, an argument out of range.
class UsageError : public Error {
    using Error::Error;
};
/// The peer has not proven the key, or refuses ours (multiprocessing.AuthenticationError).
class AuthenticationError : public Error {
    using Error::Error;
};
/// The peer closed the connection between two messages (Python's EOFError).
class EndOfFile : public Error {
    using Error::Error;
};
/// The time given ran out (multiprocessing.TimeoutError).
class Timeout : public Error {
    using Error::Error;
};
/// The call was cancelled, or its connection closed, by another thread.
class Canceled : public Error {
    using Error::Error;
};
/// The peer sent bytes that multiprocessing.connection never sends.
class ProtocolError : public Error {
    using Error::Error;
};
/// A message is no valid pickle, or a value has no pickle (pickle.PickleError).
class PickleError : public Error {
    using Error::Error;
};
/// A value is not of the type, or not in the range, that was asked for.
class TypeError : public Error {
    using Error::Error;
};

/// Throws the exception that belongs to the failure's code.
[[noreturn]] void throw_failure(const Failure& failure);

/// Lets `Result<T>::value()` throw our exceptions.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
    throw_failure(failure);
}

}  // namespace parley

template <>
struct boost::system::is_error_code_enum<parley::Errc> : std::true_type {};
