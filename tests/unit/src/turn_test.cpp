#include "src/turn.hpp"

#include "support/catch.hpp"
#include "support/threads.hpp"

#include <memory>
#include <vector>

using namespace support;
using parley::Deadline;
using parley::Turn;

TEST_CASE("turn: asynchronous calls turn threads away, and threads them", "[turn]") {
    Turn turn;
    REQUIRE(turn.take_asynchronous());
    CHECK(turn.take(Deadline()) == Turn::Outcome::asynchronous);
    turn.give_asynchronous();
    REQUIRE(turn.take(Deadline()) == Turn::Outcome::taken);
    CHECK_FALSE(turn.take_asynchronous());
    turn.give_asynchronous();
    CHECK(turn.take(Deadline(parley::TimeLimit(0))) == Turn::Outcome::timed_out);
    turn.give();
    CHECK(turn.take_asynchronous());
}

TEST_CASE("turn: no thread is left waiting when asynchronous calls come between", "[turn]") {
    Turn turn;
    for (int round = 0; round < 200; ++round) {
        REQUIRE(turn.take(Deadline()) == Turn::Outcome::taken);
        std::vector<std::unique_ptr<Worker>> waiting;
        for (int i = 0; i < 3; ++i) {
            waiting.push_back(std::make_unique<Worker>([&turn] {
                const Turn::Outcome outcome = turn.take(Deadline());
                if (outcome == Turn::Outcome::taken) turn.give();
            }));
            waiting.back()->until_asleep();
        }
        turn.give();
        const bool came_between = turn.take_asynchronous();
        for (auto& worker : waiting)
            CHECK_FALSE(worker->failure());
        if (came_between) turn.give_asynchronous();
    }
}
