// Objects through Boost.Serialization's own archives, to hold parley's against.
#pragma once

#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
// priority_queue.hpp needs it to stand before.
#include <boost/serialization/vector.hpp>

#include <sstream>

namespace support {

template <typename T>
T through_boost(const T& object) {
    std::stringstream stream;
    {
        boost::archive::text_oarchive archive(stream);
        archive << object;
    }
    boost::archive::text_iarchive archive(stream);
    T read{};
    archive >> read;
    return read;
}

template <typename T>
bool comes_back_from_boost(const T& object) {
    return through_boost(object) == object;
}

}  // namespace support
