// Connecting without blocking: the resolver, the sockets and the handshake, driven by a reactor.
#include "completion.hpp"
#include "connecting.hpp"
#include "key_proof.hpp"
#include "system_failure.hpp"

#include <parley/client.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace parley {
namespace {

using boost::asio::posix::descriptor_base;
using boost::system::error_code;

/// One call. At any time one wait is under way, with or without a deadline; whatever wakes late is
/// told by its number. Thread-safe.
class ConnectCall : public std::enable_shared_from_this<ConnectCall> {
public:
    using Handler = asynchronous::Handler<std::shared_ptr<ConnectionState>>;
    using Resolver =
        boost::asio::ip::basic_resolver<boost::asio::ip::tcp, boost::asio::any_io_executor>;

    ConnectCall(boost::asio::any_io_executor executor, ClientOptions options, Handler handler)
        : executor_(std::move(executor)),
          options_(std::move(options)),
          handler_(std::move(handler)),
          work_(asynchronous::tracked_work(handler_, executor_)),
          deadline_(options_.timeout),
          timer_(executor_) {}

    ConnectCall(const ConnectCall&) = delete;
    ConnectCall& operator=(const ConnectCall&) = delete;
    ~ConnectCall() {
        if (watched_) watched_->release();
    }

    void begin(const Address& address);
    void cancel();

private:
    void look_up(const Address& address);
    void on_addresses(error_code error, const Resolver::results_type& results,
                      const std::string& host);
    void connect(std::vector<SocketAddress> addresses);
    void go_on();
    void prove();
    void on_connected(Transport transport);
    void wait(int descriptor, descriptor_base::wait_type type, Deadline until);
    void wait_until(Deadline until);
    void on_wake(std::uint64_t number);
    void stop_waiting();
    void end(const Failure& failure);
    void complete(error_code error);

    std::mutex mutex_;
    boost::asio::any_io_executor executor_;
    ClientOptions options_;
    Handler handler_;
    boost::asio::any_completion_executor work_;
    Deadline deadline_;
    boost::asio::steady_timer timer_;
    std::optional<Resolver> resolver_;
    std::optional<boost::asio::posix::stream_descriptor> watched_;
    std::optional<Connecting> connecting_;
    std::shared_ptr<ConnectionState> connection_;
    std::optional<KeyProof> proof_;
    std::uint64_t wait_number_ = 0;
    bool is_over_ = false;
};

void ConnectCall::begin(const Address& address) {
    const std::lock_guard lock(mutex_);
    asynchronous::heed_slot(handler_, [weak = weak_from_this()](boost::asio::cancellation_type) {
        if (const auto self = weak.lock()) self->cancel();
    });
    Result<std::vector<SocketAddress>> addresses = addresses_at_once(address);
    if (!addresses) return end(addresses.error());
    if (addresses->empty()) return look_up(address);
    connect(std::move(*addresses));
}

void ConnectCall::cancel() {
    const std::lock_guard lock(mutex_);
    if (!is_over_) end(canceled());
}

void ConnectCall::look_up(const Address& address) {
    resolver_.emplace(executor_);
    wait_until(deadline_);
    resolver_->async_resolve(address.host(), std::to_string(address.port()),
                             Resolver::numeric_service,
                             [self = shared_from_this(), host = address.host()](
                                 error_code error, const Resolver::results_type& results) {
                                 const std::lock_guard lock(self->mutex_);
                                 if (!self->is_over_) self->on_addresses(error, results, host);
                             });
}

void ConnectCall::on_addresses(error_code error, const Resolver::results_type& results,
                               const std::string& host) {
    stop_waiting();
    resolver_.reset();
    if (error) return end({Errc::host_not_found, host + ": " + error.message()});
    std::vector<SocketAddress> addresses;
    for (const auto& entry : results) {
        const auto endpoint = entry.endpoint();
        addresses.emplace_back(endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    }
    connect(std::move(addresses));
}

void ConnectCall::connect(std::vector<SocketAddress> addresses) {
    connecting_.emplace(std::move(addresses), options_, deadline_);
    go_on();
}

void ConnectCall::go_on() {
    if (proof_) return prove();
    if (!connecting_) return end({Errc::timeout, "looking up the host"});
    Connecting::Next next = connecting_->resume();
    if (const auto* writable = std::get_if<UntilWritable>(&next)) {
        wait(writable->descriptor, descriptor_base::wait_write, writable->until);
    } else if (const auto* time = std::get_if<UntilTime>(&next)) {
        wait_until(time->until);
    } else if (const auto* failure = std::get_if<Failure>(&next)) {
        end(*failure);
    } else {
        on_connected(std::get<Transport>(std::move(next)));
    }
}

void ConnectCall::on_connected(Transport transport) {
    connection_ = std::make_shared<ConnectionState>(std::move(transport), options_.messages);
    if (!options_.authkey) {
        connection_->expects_no_challenge = true;
        return complete({});
    }
    proof_.emplace(*connection_, options_);
    prove();
}

void ConnectCall::prove() {
    connection_->transport.expect_bytes();
    const Result<Wants> wants =
        advance(connection_->transport, proof_->handshake(), Patience::readiness);
    if (wants.has_error()) return end(proof_->explain(wants.error()));
    if (*wants == Wants::nothing) {
        proof_->succeed();
        return complete({});
    }
    if (proof_->deadline().has_passed()) return end(proof_->explain(Errc::timeout));
    wait(connection_->transport.fileno(),
         *wants == Wants::to_read ? descriptor_base::wait_read : descriptor_base::wait_write,
         proof_->deadline());
}

void ConnectCall::wait(int descriptor, descriptor_base::wait_type type, Deadline until) {
    watched_.emplace(executor_, descriptor);
    wait_until(until);
    watched_->async_wait(type, [self = shared_from_this(), number = wait_number_](error_code) {
        self->on_wake(number);
    });
}

void ConnectCall::wait_until(Deadline until) {
    ++wait_number_;
    const TimeLimit left = until.left();
    if (!left) return;
    timer_.expires_after(*left);
    timer_.async_wait([self = shared_from_this(), number = wait_number_](error_code error) {
        if (!error) self->on_wake(number);
    });
}

void ConnectCall::on_wake(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (is_over_ || number != wait_number_) return;
    stop_waiting();
    go_on();
}

void ConnectCall::stop_waiting() {
    ++wait_number_;
    timer_.cancel();
    if (watched_) watched_->release();
    watched_.reset();
}

void ConnectCall::end(const Failure& failure) {
    proof_.reset();
    if (!connection_) {
        connection_ = std::make_shared<ConnectionState>(Transport(), options_.messages);
    }
    stop_waiting();
    connection_->close();
    complete(connection_->note_failure(failure));
}

void ConnectCall::complete(error_code error) {
    is_over_ = true;
    stop_waiting();
    if (resolver_) resolver_->cancel();
    connecting_.reset();
    proof_.reset();
    asynchronous::post_completion(executor_, std::move(handler_), error,
                                  std::tuple(std::move(connection_)));
}

}  // namespace

void asynchronous::connect(boost::asio::any_io_executor executor, const Address& address,
                           const ClientOptions& options,
                           Handler<std::shared_ptr<ConnectionState>> handler) {
    std::make_shared<ConnectCall>(std::move(executor), options, std::move(handler))->begin(address);
}

}  // namespace parley
