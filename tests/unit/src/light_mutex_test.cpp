#include "src/light_mutex.hpp"

#include "support/catch.hpp"

#include <mutex>
#include <thread>
#include <vector>

using parley::LightMutex;

TEST_CASE("light mutex: one holds it at a time", "[mutex]") {
    LightMutex mutex;
    mutex.lock();
    CHECK_FALSE(mutex.try_lock());
    mutex.unlock();
    CHECK(mutex.try_lock());
    mutex.unlock();
}

TEST_CASE("light mutex: nobody who waits for it is left asleep", "[mutex]") {
    LightMutex mutex;
    int count = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20'000; ++round) {
                const std::lock_guard lock(mutex);
                ++count;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(count == 80'000);
}
