#include "async_support.hpp"
#include "support/catch.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>
#include <parley/wait.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

using namespace async_test;  // NOLINT(google-build-using-namespace)

TEST_CASE("async wait: what is ready, a message read ahead included", "[async]") {
    asio::io_context context;
    Pair one(context);
    Pair two(context);
    std::vector<std::size_t> ready;
    one.first.send(1);
    one.first.send(2);
    CHECK(one.second.recv() == Value(1));
    const auto note = [&](error_code error, std::vector<std::size_t> indexes) {
        CHECK_FALSE(error);
        ready = std::move(indexes);
    };
    parley::async_wait(context, {two.second, one.second}, note);
    context.run();
    context.restart();
    CHECK(ready == std::vector<std::size_t>{1});
    CHECK(one.second.recv() == Value(2));
    parley::async_wait(context, {two.second, one.second}, note);
    context.poll();
    two.first.send(3);
    context.restart();
    context.run();
    CHECK(ready == std::vector<std::size_t>{0});
}

TEST_CASE("async wait: a listener is ready once a client has proven the key", "[async]") {
    asio::io_context context;
    const parley::Authkey key("key");
    parley::Listener listener(*parley::Address::parse("127.0.0.1:0"), {.authkey = key});
    std::vector<std::size_t> ready;
    parley::async_wait(context, {listener},
                       [&](error_code, std::vector<std::size_t> indexes) { ready = indexes; });
    bool is_connected = false;
    parley::async_connect(context, listener.address(), {.authkey = key},
                          [&](error_code error, const parley::Client&) { is_connected = !error; });
    context.run();
    CHECK(ready == std::vector<std::size_t>{0});
    CHECK(is_connected);
    CHECK_FALSE(listener.accept(0s).closed());
}

TEST_CASE("async wait: its ends", "[async]") {
    asio::io_context context;
    Pair pair(context);
    std::optional<error_code> outcome;
    std::vector<std::size_t> ready{7};
    asio::cancellation_signal signal;
    const auto note = [&](error_code error, std::vector<std::size_t> indexes) {
        outcome = error;
        ready = std::move(indexes);
    };
    SECTION("the time is over") {
        parley::async_wait(context, {pair.first}, 1ms, note);
        context.run();
        CHECK(outcome == error_code());
        CHECK(ready.empty());
    }
    SECTION("its slot") {
        parley::async_wait(context, {pair.first},
                           asio::bind_cancellation_slot(signal.slot(), note));
        signal.emit(asio::cancellation_type::total);
        context.run();
        CHECK(outcome == asio::error::operation_aborted);
    }
    SECTION("an object is closed, or was") {
        parley::async_wait(context, {pair.first, pair.second}, note);
        context.poll();
        context.restart();
        pair.first.close();
        context.run();
        CHECK(outcome == asio::error::operation_aborted);
        context.restart();
        parley::async_wait(context, {pair.first}, note);
        context.run();
        CHECK(outcome == Errc::closed);
    }
    SECTION("the context ends") {
        auto kept = std::make_shared<int>();
        {
            asio::io_context inner;
            parley::async_wait(inner, {pair.first},
                               [kept](error_code, std::vector<std::size_t>) {});
            inner.poll();
        }
        CHECK(kept.use_count() == 1);
    }
}
