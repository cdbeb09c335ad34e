// A handler for one kind of results that calls another for results of its own kind.
#pragma once

#include <boost/asio/associator.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace parley::asynchronous {

/// Calls `map(inner, error, results...)`, which calls the handler inside. Has that one's executor,
/// allocator and cancellation slot.
template <typename Inner, typename Map>
class MappedHandler {
public:
    MappedHandler(Inner inner, Map map) : inner_(std::move(inner)), map_(std::move(map)) {}

    template <typename... Results>
    void operator()(boost::system::error_code error, Results&&... results) {
        std::move(map_)(std::move(inner_), error, std::forward<Results>(results)...);
    }

    [[nodiscard]] const Inner& inner() const noexcept { return inner_; }

private:
    Inner inner_;
    Map map_;
};

}  // namespace parley::asynchronous

template <template <typename, typename> class Associator, typename Inner, typename Map,
          typename Default>
struct boost::asio::associator<Associator, parley::asynchronous::MappedHandler<Inner, Map>, Default>
    : Associator<Inner, Default> {
    static auto get(const parley::asynchronous::MappedHandler<Inner, Map>& handler) noexcept {
        return Associator<Inner, Default>::get(handler.inner());
    }
    static auto get(const parley::asynchronous::MappedHandler<Inner, Map>& handler,
                    const Default& candidate) noexcept {
        return Associator<Inner, Default>::get(handler.inner(), candidate);
    }
};
