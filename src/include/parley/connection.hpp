// Connection: a stream of whole messages between two programs.
#pragma once

#include <parley/connection_base.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace parley {

/// A Connection on an executor. The blocking calls, inherited, need no executor and never run one.
template <typename Executor>
class BasicConnection : public ConnectionBase {
public:
    using executor_type = Executor;

    using ConnectionBase::ConnectionBase;
};

/// The connection that most programs use.
using Connection = BasicConnection<boost::asio::any_io_executor>;

}  // namespace parley
