#include "async_side.hpp"

namespace parley {

void AsyncSide::end_waits() noexcept {
    boost::system::error_code ignored;
    if (watched_.is_open()) watched_.cancel(ignored);
}

void AsyncSide::leave_reactor() noexcept {
    if (watched_.is_open()) watched_.release();
}

}  // namespace parley
