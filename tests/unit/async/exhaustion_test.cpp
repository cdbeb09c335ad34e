#include "async_support.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <new>
#include <tuple>

using namespace async_test;  // NOLINT(google-build-using-namespace)

namespace {

struct Ends : Pair {
    explicit Ends(asio::io_context& context) : Pair(context), strand(asio::make_strand(context)) {}
    asio::strand<asio::io_context::executor_type> strand;
};

const std::string large(300'000, 'a');

/// Sends and receives until the message comes, as if nothing had been; or nothing more is sent.
void check_in_use(asio::io_context& context, Pair& pair) {
    context.poll();
    context.restart();
    run(context, [&]() -> asio::awaitable<void> {
        Outcomes outcomes;
        if (pair.first.writable()) pair.first.async_send_bytes("later", outcomes.note("send"));
        error_code error;
        for (Buffer message; message.view() != "later" && !error;) {
            std::tie(error, message) = co_await pair.second.async_recv_bytes(10s, as_pair);
        }
        CHECK(error == (pair.first.writable() ? error_code() : Errc::truncated_message));
        pair.second.send_bytes("back");
        const Buffer back = co_await pair.first.async_recv_bytes(10s, use_awaitable);
        CHECK(back.view() == "back");
    });
}

void nothing(Pair&) {}

/// Begins the call with one allocation after another failing: each either throws or is completed.
template <typename Begin>
void check_each_failure(Begin begin, void (*then)(Pair&) = nothing) {
    bool has_come = true;
    for (std::size_t number = 1; has_come; ++number) {
        INFO("allocation " << number);
        asio::io_context context;
        Ends pair(context);
        pair.narrow();
        Outcomes outcomes;
        bool has_thrown = false;
        {
            const support::AllocationFailure failure(number);
            try {
                begin(pair, outcomes);
            } catch (const std::bad_alloc&) {
                has_thrown = true;
            }
            has_come = failure.has_come();
        }
        then(pair);
        check_in_use(context, pair);
        CHECK(outcomes.has("call") != has_thrown);
    }
}

}  // namespace

TEST_CASE("async exhaustion: a send without memory throws or fails, and the next one goes out",
          "[async]") {
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send_bytes("now", outcomes.note("call"));
    });
}

TEST_CASE("async exhaustion: so does a send that gathers", "[async]") {
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send_bytes("first", [](error_code) {});
        pair.first.async_send_bytes("now", outcomes.note("call"));
    });
}

TEST_CASE("async exhaustion: so does one that has to wait, and no message is broken", "[async]") {
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send_bytes(large, outcomes.note("call"));
    });
}

TEST_CASE("async exhaustion: so does one that pickles, has a time, or an executor of its own",
          "[async]") {
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send(parley::list(1, "two"), outcomes.note("call"));
    });
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send_bytes(large, 10s, outcomes.note("call"));
    });
    check_each_failure([](Ends& pair, Outcomes& outcomes) {
        pair.first.async_send_bytes("now", asio::bind_executor(pair.strand, outcomes.note("call")));
    });
}

TEST_CASE("async exhaustion: it may be the handler that keeps the connection", "[async]") {
    bool has_come = true;
    for (std::size_t number = 1; has_come; ++number) {
        asio::io_context context;
        Pair pair(context);
        {
            const support::AllocationFailure failure(number);
            try {
                auto owner = std::make_unique<Connection>(std::move(pair.first));
                Connection& connection = *owner;
                connection.async_send_bytes("now", [owner = std::move(owner)](error_code) {});
            } catch (const std::bad_alloc&) {
            }
            has_come = failure.has_come();
        }
        context.run();
        // Whether it went out or not, nothing keeps the connection.
        pair.first = Connection();
        try {
            for (;;) {
                const Buffer message = pair.second.recv_bytes(10s);
                CHECK(message.view() == "now");
            }
        } catch (const parley::EndOfFile&) {
            SUCCEED("it is closed");
        }
    }
}

TEST_CASE("async exhaustion: so does a call that receives", "[async]") {
    check_each_failure(
        [](Ends& pair, Outcomes& outcomes) { pair.second.async_recv_bytes(outcomes.note("call")); },
        [](Pair& pair) { pair.first.send_bytes("early"); });
}
