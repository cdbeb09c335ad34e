#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/scripted_peer.hpp"
#include "support/threads.hpp"

#include <parley/client.hpp>
#include <parley/serve.hpp>

#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>

using namespace support;
using parley::Client;
using parley::Connection;
using parley::Errc;
using parley::Listener;
using parley::serve;
using parley::StopEvent;

namespace {

void echo(Connection& client) {
    for (;;)
        client.send(client.recv());
}

std::ptrdiff_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

/// Whether the other threads come to an end: one that is joined stays listed for a moment.
bool threads_fall_to(std::ptrdiff_t count) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (threads() > count && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    return threads() <= count;
}

const StopEvent* stop_of_handler = nullptr;

}  // namespace

TEST_CASE("serve: every client has its handler, until it is stopped", "[listener]") {
    Worker([] {}).failure();  // with its first thread a sanitizer starts one of its own
    const auto before = threads();
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    std::vector<std::string> failures;
    Worker server([&] {
        serve(listener, echo,
              {.stop = {stop.fileno()},
               .on_failed = [&](const std::string& peer, const std::exception&) {
                   failures.push_back(peer);
               }});
    });
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i)
        clients.emplace_back(listener.address());
    for (int i = 0; i < 20; ++i)
        clients[static_cast<std::size_t>(i)].send(i);
    for (int i = 0; i < 20; ++i)
        CHECK(clients[static_cast<std::size_t>(i)].recv<int>(patience) == i);
    clients.resize(10);
    CHECK_FALSE(stop.is_set());
    stop.set();
    CHECK(stop.is_set());
    CHECK_FALSE(server.failure());
    CHECK(listener.closed());
    CHECK(failures.empty());
    CHECK(threads_fall_to(before));
    for (Client& client : clients)
        CHECK_THROWS_AS(static_cast<void>(client.recv(patience)), parley::EndOfFile);
}

TEST_CASE("serve: never are more clients served at once than allowed, and all of them in the end",
          "[listener]") {
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    Worker server([&] {
        serve(listener,
              [&](Connection& client) {
                  const int count = ++now;
                  int seen = most.load();
                  while (seen < count && !most.compare_exchange_weak(seen, count)) {
                  }
                  client.send(client.recv());
                  --now;
              },
              {.max_connections = 3, .stop = {stop.fileno()}});
    });
    std::vector<std::unique_ptr<Worker>> clients;
    for (int i = 0; i < 12; ++i) {
        clients.push_back(std::make_unique<Worker>([&] {
            Client client(listener.address());
            client.send("hello");
            static_cast<void>(client.recv(patience));
        }));
    }
    for (auto& client : clients)
        CHECK_FALSE(client->failure());
    stop.set();
    CHECK_FALSE(server.failure());
    CHECK(most.load() <= 3);
}

TEST_CASE("serve: what a handler throws is told with the client's address, and harms nobody",
          "[listener]") {
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    std::vector<std::string> peers;
    std::vector<std::string> told;
    Worker server([&] {
        serve(listener,
              [](Connection& client) {
                  const auto what = client.recv<std::string>();
                  if (what == "standard") throw std::runtime_error("a handler's own");
                  if (what == "odd") throw 42;  // NOLINT(hicpp-exception-baseclass)
                  client.send(client.recv<int>());
              },
              {.stop = {stop.fileno()},
               .on_failed = [&](const std::string& peer, const std::exception& error) {
                   peers.push_back(peer);
                   told.emplace_back(error.what());
               }});
    });
    for (const char* what : {"standard", "odd"}) {
        Client client(listener.address());
        client.send(what);
        CHECK_THROWS_AS(static_cast<void>(client.recv(patience)), parley::EndOfFile);
    }
    Client broken(listener.address());
    broken.send("wrong type");
    broken.send("no int");
    CHECK_THROWS_AS(static_cast<void>(broken.recv(patience)), parley::EndOfFile);
    stop.set();
    CHECK_FALSE(server.failure());
    for (const std::string& peer : peers)
        CHECK(peer.starts_with("127.0.0.1:"));
    REQUIRE(told.size() == 3);
    CHECK(told[0] == "a handler's own");
    CHECK(told[1] == "an exception of no known type");
    CHECK(told[2].starts_with("wrong type"));
}

TEST_CASE("serve: a handler, a thread and a signal can stop it", "[listener]") {
    enum class How { handler, thread_closes, thread_cancels, signal };
    const How how = GENERATE(How::handler, How::thread_closes, How::thread_cancels, How::signal);
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    stop_of_handler = &stop;
    Worker server([&] {
        serve(listener,
              [&](Connection& client) {
                  static_cast<void>(client.recv());
                  if (how == How::handler) stop.set();
                  echo(client);
              },
              {.stop = {stop.fileno()}});
    });
    Client client(listener.address());
    client.send("begin");
    client.send("echo");
    CHECK(client.recv(patience) == parley::Value("echo"));
    if (how == How::thread_closes) listener.close();
    if (how == How::thread_cancels) listener.cancel();
    if (how == How::signal) {
        struct sigaction action {};
        action.sa_handler = [](int) { stop_of_handler->set(); };
        ::sigaction(SIGUSR2, &action, nullptr);
        ::raise(SIGUSR2);
    }
    CHECK_FALSE(server.failure());
    CHECK_THROWS_AS(static_cast<void>(client.recv(patience)), parley::EndOfFile);
}

TEST_CASE("serve: it can be stopped while no more clients may come", "[listener]") {
    const bool closes = GENERATE(true, false);
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    Worker server([&] { serve(listener, echo, {.max_connections = 1, .stop = {stop.fileno()}}); });
    Client client(listener.address());
    client.send(1);
    CHECK(client.recv<int>(patience) == 1);
    const Client waits_in_the_backlog(listener.address());
    server.until_asleep();
    closes ? listener.close() : stop.set();
    CHECK_FALSE(server.failure());
}

TEST_CASE("serve: what had arrived is answered before the end", "[listener]") {
    Listener listener("unix:");
    StopEvent stop;
    std::promise<void> stopping;
    auto begun = stopping.get_future().share();
    Worker server([&] {
        serve(
            listener,
            [&](Connection& client) {
                client.send(client.recv());
                begun.wait();
                echo(client);
            },
            {.stop = {stop.fileno()}, .grace = patience, .on_stop = [&] { stopping.set_value(); }});
    });
    Client client(listener.address());
    for (int i = 0; i < 50; ++i)
        client.send(i);
    CHECK(client.recv<int>(patience) == 0);
    stop.set();
    for (int i = 1; i < 50; ++i)
        CHECK(client.recv<int>(patience) == i);
    CHECK_THROWS_AS(static_cast<void>(client.recv(patience)), parley::EndOfFile);
    CHECK_FALSE(server.failure());
}

TEST_CASE("serve: after the grace what is left is closed, and that is no failure of a client",
          "[listener]") {
    Listener listener("unix:");
    StopEvent stop;
    std::atomic<int> failures{0};
    boost::system::error_code end;
    Worker server([&] {
        serve(listener,
              [&](Connection& client) {
                  end = failure_of([&] { client.send_bytes(std::string(8'000'000, 'x')); });
                  client.send_bytes("too late");
              },
              {.stop = {stop.fileno()},
               .grace = 20ms,
               .on_failed = [&](const std::string&, const std::exception&) { ++failures; }});
    });
    Client deaf(listener.address());
    CHECK(deaf.poll(patience));
    stop.set();
    CHECK_FALSE(server.failure());
    CHECK(end == boost::system::errc::operation_canceled);
    CHECK(failures.load() == 0);
}

TEST_CASE("serve: a connection that the handler moves elsewhere lives on", "[listener]") {
    Listener listener("unix:");
    StopEvent stop;
    std::vector<Connection> kept;
    std::promise<void> second;
    Worker server([&] {
        serve(listener,
              [&](Connection& client) {
                  kept.push_back(std::move(client));
                  if (kept.size() == 2) second.set_value();
              },
              {.max_connections = 1, .stop = {stop.fileno()}});
    });
    Client client(listener.address());
    const Client next(listener.address());
    second.get_future().wait();  // so the first one's handler has returned
    stop.set();
    CHECK_FALSE(server.failure());
    client.send("still");
    CHECK(kept.front().recv(patience) == parley::Value("still"));
}

TEST_CASE("serve: a closed listener cannot be served", "[listener]") {
    Listener listener;
    listener.close();
    CHECK(failure_of([&] { serve(listener, echo); }) == Errc::closed);
}

TEST_CASE("serve: what on_rejected throws ends it, and its handlers", "[listener]") {
    Listener listener("127.0.0.1:0",
                      {.authkey = parley::Authkey("key"),
                       .on_rejected = [](const std::string&, const parley::Failure& failure) {
                           parley::throw_failure(failure);
                       }});
    Worker server([&] { serve(listener, echo); });
    Client good(listener.address(), {.authkey = parley::Authkey("key")});
    good.send(1);
    CHECK(good.recv<int>(patience) == 1);
    connect_to(listener.address()).write("GET / HTTP/1.1\r\n\r\n");
    CHECK(server.failure() == Errc::not_multiprocessing);
    CHECK_THROWS_AS(static_cast<void>(good.recv(patience)), parley::EndOfFile);
}

TEST_CASE("serve: where no thread can be started a client is told of and let go", "[listener]") {
    Listener listener("127.0.0.1:0");
    StopEvent stop;
    std::string told;
    bool is_refused = false;
    Client client(listener.address());
    Worker server([&] {
        is_refused = refuse(SYS_clone, EAGAIN) && refuse(SYS_clone3, EAGAIN);
        if (!is_refused) stop.set();
        serve(listener, echo,
              {.stop = {stop.fileno()},
               .on_failed = [&](const std::string& peer, const std::exception& error) {
                   told = peer + ": " + error.what();
                   stop.set();
               }});
    });
    CHECK_FALSE(server.failure());
    if (!is_refused) return;
    CHECK(told.starts_with("127.0.0.1:"));
    CHECK(told.find("Resource temporarily unavailable") != std::string::npos);
    CHECK_THROWS_AS(static_cast<void>(client.recv(patience)), parley::EndOfFile);
}
