#include "async_support.hpp"
#include "support/catch.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <thread>

using namespace async_test;  // NOLINT(google-build-using-namespace)

namespace {

const parley::Authkey key("key");
const parley::ClientOptions with_key{.authkey = key};

parley::Address anywhere() {
    return *parley::Address::parse("127.0.0.1:0");
}

}  // namespace

TEST_CASE("async accept: many at a time, and many clients", "[async]") {
    asio::io_context context;
    parley::Listener listener(context, anywhere(), {.authkey = key});
    constexpr int count = 20;
    int accepted = 0;
    int connected = 0;
    for (int i = 0; i < count; ++i) {
        listener.async_accept([&](error_code error, const Connection& connection) {
            accepted += !error && !connection.closed();
        });
        parley::async_connect(context, listener.address(), with_key,
                              [&](error_code error, const parley::Client& client) {
                                  connected += !error && !client.closed();
                              });
    }
    context.run();
    CHECK(accepted == count);
    CHECK(connected == count);
}

TEST_CASE("async accept: cancellation, timeout, close", "[async]") {
    asio::io_context context;
    parley::Listener listener(context, anywhere());
    Outcomes outcomes;
    asio::cancellation_signal signal;
    listener.async_accept(0s, outcomes.note("at once"));
    listener.async_accept(1ms, outcomes.note("timeout"));
    listener.async_accept(asio::bind_cancellation_slot(signal.slot(), outcomes.note("slot")));
    listener.async_accept(outcomes.note("waits"));
    CHECK_THROWS_AS(listener.accept(0s), parley::UsageError);
    signal.emit(asio::cancellation_type::total);
    while (outcomes.names().size() < 3)
        context.run_one();
    CHECK(outcomes.of("at once") == Errc::timeout);
    CHECK(outcomes.of("timeout") == Errc::timeout);
    CHECK(outcomes.of("slot") == asio::error::operation_aborted);
    SECTION("cancel") {
        listener.cancel();
    }
    SECTION("close") {
        listener.close();
    }
    context.run();
    CHECK(outcomes.of("waits") == asio::error::operation_aborted);
    listener.close();
    listener.async_accept(outcomes.note("closed"));
    context.restart();
    context.run();
    CHECK(outcomes.of("closed") == Errc::closed);
}

TEST_CASE("async accept: a silent client holds nobody up, and its time runs out", "[async]") {
    asio::io_context context;
    std::vector<error_code> rejected;
    parley::Listener listener(
        context, anywhere(),
        {.authkey = key,
         .handshake_timeout = 50ms,
         .on_rejected = [&](const std::string&, const parley::Failure& failure) {
             rejected.push_back(failure.code);
         }});
    // Without a key it never answers.
    parley::Client silent(listener.address());
    run(context, [&]() -> asio::awaitable<void> {
        parley::Client client(context);
        client.async_connect(listener.address(), with_key, asio::detached);
        const Connection connection = co_await listener.async_accept(use_awaitable);
        CHECK_FALSE(connection.closed());
        auto [error, none] = co_await listener.async_accept(500ms, as_pair);
        CHECK(error == Errc::timeout);
    });
    CHECK(rejected == std::vector<error_code>{Errc::handshake_timeout});
}

TEST_CASE("async accept: who is told of a dropped client may use the listener", "[async]") {
    asio::io_context context;
    Outcomes outcomes;
    std::unique_ptr<parley::Listener> listener;
    listener = std::make_unique<parley::Listener>(
        context, anywhere(),
        parley::ListenerOptions{.authkey = key,
                                .handshake_timeout = 1ms,
                                .on_rejected = [&](const std::string&, const parley::Failure&) {
                                    listener->async_accept(0s, outcomes.note("another"));
                                    listener->close();
                                }});
    const parley::Client silent(listener->address());
    listener->async_accept(outcomes.note("waits"));
    context.run();
    CHECK(outcomes.of("another") == Errc::timeout);
    CHECK(outcomes.of("waits") == asio::error::operation_aborted);
}

TEST_CASE("async accept: what is told of a dropped client may throw, and no call is lost",
          "[async]") {
    asio::io_context context;
    parley::Listener listener(
        context, anywhere(),
        {.authkey = key, .on_rejected = [](const std::string&, const parley::Failure& failure) {
             throw parley::Error(failure);
         }});
    Outcomes outcomes;
    listener.async_accept(outcomes.note("waits"));
    const parley::ClientOptions with_another_key{.authkey = parley::Authkey("another")};
    parley::async_connect(context, listener.address(), with_another_key, asio::detached);
    CHECK_THROWS_AS(context.run(), parley::Error);
    parley::async_connect(context, listener.address(), with_key, asio::detached);
    context.run();
    CHECK_FALSE(outcomes.of("waits"));
}

TEST_CASE("async accept: nothing keeps the context at work afterwards", "[async]") {
    asio::io_context context;
    parley::Listener listener(context, anywhere(), {.authkey = key});
    parley::Client silent(listener.address());
    bool is_accepted = false;
    listener.async_accept([&](error_code error, const Connection&) { is_accepted = !error; });
    parley::async_connect(context, listener.address(), with_key,
                          [](error_code, const parley::Client&) {});
    context.run();
    CHECK(is_accepted);
}

TEST_CASE("async accept: a context that ends destroys the handlers, uncalled", "[async]") {
    auto kept = std::make_shared<int>();
    {
        asio::io_context context;
        auto listener = std::make_shared<parley::Listener>(context, anywhere(),
                                                           parley::ListenerOptions{.authkey = key});
        listener->async_accept([kept, listener](error_code, const Connection&) {});
        listener->async_accept(1h, [kept, listener](error_code, const Connection&) {});
        parley::async_connect(context, listener->address(), with_key,
                              [kept](error_code, const parley::Client&) {});
        context.poll_one();
    }
    CHECK(kept.use_count() == 1);
}

TEST_CASE("async connect: nobody listens, or later", "[async]") {
    asio::io_context context;
    const parley::Address address = parley::Listener(anywhere()).address();
    Outcomes outcomes;
    parley::Client client(context);
    client.async_connect(address, with_key, outcomes.note("refused"));
    context.run();
    context.restart();
    CHECK(outcomes.of("refused") == boost::system::errc::connection_refused);
    CHECK(client.last_failure().message().find(address.to_string()) != std::string::npos);
    parley::ClientOptions patient = with_key;
    patient.retry = 1h;
    client.async_connect(address, patient, outcomes.note("retry"));
    asio::steady_timer later(context, 20ms);
    std::unique_ptr<parley::Listener> listener;
    later.async_wait([&](error_code) {
        listener = std::make_unique<parley::Listener>(context, address,
                                                      parley::ListenerOptions{.authkey = key});
        listener->async_accept(outcomes.note("accept"));
    });
    context.run();
    CHECK_FALSE(outcomes.of("retry"));
    CHECK_FALSE(outcomes.of("accept"));
    CHECK_FALSE(client.closed());
}

TEST_CASE("async connect: by name, by a Unix socket, from an address", "[async]") {
    asio::io_context context;
    const char* const at = GENERATE("127.0.0.1:0", "unix:");
    parley::Listener listener(context, *parley::Address::parse(at));
    parley::Address to = listener.address();
    parley::ClientOptions options{.keepalive = true};
    if (to.family() == parley::Address::Family::tcp) {
        to = parley::Address::tcp("localhost", to.port());
        options.bind = parley::Address::tcp("127.0.0.1", 0);
    }
    Outcomes outcomes;
    listener.async_accept(outcomes.note("accept"));
    parley::Client client(context);
    client.async_connect(to, options, outcomes.note("connect"));
    context.run();
    CHECK_FALSE(outcomes.of("accept"));
    CHECK_FALSE(outcomes.of("connect"));
}

TEST_CASE("async connect: another key, no key, silence", "[async]") {
    asio::io_context context;
    Outcomes outcomes;
    parley::Client client(context);
    SECTION("another key") {
        parley::Listener listener(context, anywhere(), {.authkey = parley::Authkey("another")});
        listener.async_accept(1s, outcomes.note("accept"));
        client.async_connect(listener.address(), with_key, [&](error_code error) {
            outcomes.note("connect")(error);
            listener.close();
        });
        context.run();
        CHECK(parley::blame(static_cast<Errc>(outcomes.of("connect").value())) ==
              parley::Blame::authentication);
    }
    SECTION("no key asked for") {
        parley::Listener listener(context, anywhere());
        parley::ClientOptions options = with_key;
        options.handshake_timeout = 20ms;
        client.async_connect(listener.address(), options, outcomes.note("connect"));
        context.run();
        CHECK(outcomes.of("connect") == Errc::no_challenge);
    }
    SECTION("no such host") {
        client.async_connect(parley::Address::tcp("no-such-host.invalid", 1), with_key,
                             outcomes.note("connect"));
        context.run();
        CHECK(outcomes.of("connect") == Errc::host_not_found);
    }
    SECTION("cancelled") {
        parley::Listener listener(context, anywhere());
        asio::cancellation_signal signal;
        client.async_connect(listener.address(), with_key,
                             asio::bind_cancellation_slot(signal.slot(), outcomes.note("connect")));
        asio::steady_timer timer(context, 1ms);
        timer.async_wait([&](error_code) { signal.emit(asio::cancellation_type::total); });
        context.run();
        CHECK(outcomes.of("connect") == asio::error::operation_aborted);
    }
    CHECK(client.closed());
}

TEST_CASE("async accept: a blocking client beside an asynchronous listener", "[async]") {
    asio::io_context context;
    parley::Listener listener(context, anywhere(), {.authkey = key});
    std::thread other([&] {
        parley::Client client(listener.address(), with_key);
        client.send("hi");
        static_cast<void>(client.recv());
    });
    run(context, [&]() -> asio::awaitable<void> {
        Connection connection = co_await listener.async_accept(use_awaitable);
        const Value hello = co_await connection.async_recv(use_awaitable);
        CHECK(hello == Value("hi"));
        co_await connection.async_send(hello, use_awaitable);
    });
    other.join();
}
