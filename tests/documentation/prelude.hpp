// What the snippets of the documentation take for granted.
#pragma once

#include <parley/client.hpp>
#include <parley/convert.hpp>
#include <parley/listener.hpp>
#include <parley/object.hpp>
#include <parley/pipe.hpp>
#include <parley/serve.hpp>
#include <parley/wait.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/serialization/nvp.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>
