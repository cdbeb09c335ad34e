// Chat hub: every message to all others, as a value that the hub need not understand; None is
// good-bye. Any number of Python and C++ clients (07_chat_hub.py, 07_chat_client). SIGTERM or
// Ctrl-C ends it.
//     07_chat_hub [ADDRESS]
#include <parley/listener.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <iostream>
#include <list>
#include <memory>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

class Hub {
public:
    explicit Hub(parley::Listener& listener) : listener_(listener) {}

    asio::awaitable<void> accept() {
        for (;;) {
            auto guest = std::make_shared<parley::Connection>(
                co_await listener_.async_accept(use_awaitable));
            guests_.push_back(guest);
            asio::co_spawn(listener_.get_executor(), host(guest), asio::detached);
        }
    }

private:
    using Guest = std::shared_ptr<parley::Connection>;

    asio::awaitable<void> host(Guest guest) {
        try {
            for (;;) {
                const parley::Value message = co_await guest->async_recv(use_awaitable);
                if (message.is_none()) break;  // good-bye
                tell_others(guest, message);
            }
        } catch (const boost::system::system_error&) {
        }
        guests_.remove(guest);
        guest->close();
    }

    /// Sends are queued in order, so nobody waits for a slow guest; one that is ten seconds behind
    /// is shown out.
    void tell_others(const Guest& from, const parley::Value& message) {
        for (const Guest& guest : guests_) {
            if (guest == from) continue;
            guest->async_send(message, 10s, [guest](const boost::system::error_code& error) {
                if (error) guest->close();
            });
        }
    }

    parley::Listener& listener_;
    std::list<Guest> guests_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        asio::io_context context;
        parley::Listener listener{context,
                                  argc > 1 ? argv[1] : "localhost:8888",
                                  {.authkey = parley::Authkey{"Hello World!"}}};
        std::cout << "listening on " << listener.address() << std::endl;

        Hub hub{listener};
        asio::co_spawn(context, hub.accept(), asio::detached);
        asio::signal_set signals{context, SIGINT, SIGTERM};
        signals.async_wait([&context](auto, auto) { context.stop(); });
        context.run();
    } catch (const parley::Error& error) {
        std::cerr << "07_chat_hub: " << error.what() << '\n';
        return 1;
    }
}
