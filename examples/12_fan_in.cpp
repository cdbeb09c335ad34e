// Fan-in: many Python workers send what they measure, one coroutine program adds it up. Start it,
// then 12_fan_in.py as often as you like.
//     12_fan_in [ADDRESS [WORKERS]]      leaves when so many workers have come and gone
#include <parley/listener.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace asio = boost::asio;
using asio::use_awaitable;

namespace {

struct Summary {
    std::size_t count = 0;
    double sum = 0;
};

/// All of it in one thread: no lock, and every message is handled as a whole.
class FanIn {
public:
    explicit FanIn(parley::Listener& listener) : listener_(listener) {}

    asio::awaitable<void> accept(std::size_t workers) {
        for (; workers > 0; --workers) {
            parley::Connection worker = co_await listener_.async_accept(use_awaitable);
            asio::co_spawn(listener_.get_executor(), collect(std::move(worker)), asio::detached);
        }
    }

    [[nodiscard]] const std::map<std::string, Summary>& summaries() const { return summaries_; }

private:
    asio::awaitable<void> collect(parley::Connection worker) {
        try {
            for (;;) {
                const parley::Value reading = co_await worker.async_recv(use_awaitable);
                Summary& summary = summaries_[reading["sensor"].get<std::string>()];
                ++summary.count;
                summary.sum += reading["value"].get<double>();
            }
        } catch (const boost::system::system_error& error) {
            if (error.code() != parley::Errc::end_of_file) std::cout << error.what() << '\n';
        }
    }

    parley::Listener& listener_;
    std::map<std::string, Summary> summaries_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        asio::io_context context;
        parley::Listener listener{context,
                                  argc > 1 ? argv[1] : "localhost:8888",
                                  {.authkey = parley::Authkey{"Hello World!"}}};
        std::cout << "listening on " << listener.address() << std::endl;

        FanIn fan_in{listener};
        const std::size_t workers = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
        asio::co_spawn(context, fan_in.accept(workers), asio::detached);
        context.run();
        for (const auto& [sensor, summary] : fan_in.summaries())
            std::cout << sensor << ": " << summary.count << " readings, " << summary.sum << '\n';
    } catch (const parley::Error& error) {
        std::cerr << "12_fan_in: " << error.what() << '\n';
        return 1;
    }
}
