#include "support/catch.hpp"

#include <parley/error.hpp>

#include <set>
#include <string>

using parley::Errc;
using parley::Failure;

TEST_CASE("error: an Errc becomes an error_code of parley's category", "[error]") {
    const boost::system::error_code code = Errc::end_of_file;
    CHECK(code.category() == parley::error_category());
    CHECK(code.message() == "the peer closed the connection");
    CHECK(code == Errc::end_of_file);
}

TEST_CASE("error: a timeout equals the portable condition", "[error]") {
    CHECK(make_error_code(Errc::timeout) == boost::system::errc::timed_out);
}

TEST_CASE("error: each family throws its own exception", "[error]") {
    CHECK_THROWS_AS(parley::throw_failure({Errc::closed}), parley::UsageError);
    CHECK_THROWS_AS(parley::throw_failure({Errc::timeout}), parley::Timeout);
    CHECK_THROWS_AS(parley::throw_failure({Errc::end_of_file}), parley::EndOfFile);
    CHECK_THROWS_AS(parley::throw_failure({Errc::bad_frame_length}), parley::ProtocolError);
    CHECK_THROWS_AS(parley::throw_failure({Errc::digest_mismatch}), parley::AuthenticationError);
    CHECK_THROWS_AS(parley::throw_failure({Errc::pickle_truncated}), parley::PickleError);
    CHECK_THROWS_AS(parley::throw_failure({Errc::wrong_type}), parley::TypeError);
    CHECK_THROWS_AS(parley::throw_failure({Errc::host_not_found}), parley::Error);
}

TEST_CASE("error: what() carries the code's words and the detail", "[error]") {
    const parley::Error error(Failure{Errc::bad_frame_length, "got -2 from 127.0.0.1:5"});
    CHECK(std::string(error.what()) == "bad message length: got -2 from 127.0.0.1:5");
}

TEST_CASE("error: a Result without a value throws its failure", "[error]") {
    const parley::Result<int> result = Failure{Errc::pickle_truncated, "at 3"};
    CHECK_THROWS_AS(result.value(), parley::PickleError);
}

TEST_CASE("error: every code has words of its own", "[error]") {
    const auto words = [](int code) {
        return boost::system::error_code(code, parley::error_category()).message();
    };
    CHECK(words(0) == "unknown parley error");
    std::set<std::string> known;
    int count = 0;
    // Each family begins at a number of its own, and time's goes on where misuse's ends.
    for (const auto& [first, last] :
         {std::pair(Errc::closed, Errc::timeout),
          std::pair(Errc::end_of_file, Errc::not_multiprocessing),
          std::pair(Errc::digest_mismatch, Errc::too_many_handshakes),
          std::pair(Errc::pickle_truncated, Errc::pickle_too_deep),
          std::pair(Errc::digest_unavailable, Errc::descriptor_not_passed)}) {
        for (int code = static_cast<int>(first); code <= static_cast<int>(last); ++code) {
            ++count;
            known.insert(words(code));
        }
        CHECK(words(static_cast<int>(last) + 1) == "unknown parley error");
    }
    CHECK(known.size() == static_cast<std::size_t>(count));
    CHECK_FALSE(known.contains("unknown parley error"));
}
