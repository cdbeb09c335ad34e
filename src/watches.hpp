// The objects of one wait, and how all of them can wake whoever waits.
#pragma once

#include "deadline.hpp"
#include "wait_list.hpp"

#include <parley/wait.hpp>

#include <poll.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace parley {

class Watches {
public:
    /// Who closes or cancels one of the objects writes to the eventfd, -1 for none.
    Watches(const std::vector<Waitable>& objects, int eventfd);

    /// One round: looks at every object, and sleeps until the deadline where none is ready at once.
    /// Throws Canceled, and what the objects throw.
    [[nodiscard]] std::vector<std::size_t> look(Deadline deadline);
    /// When to look again, if nothing happens before.
    [[nodiscard]] Deadline attention();
    /// What to wait for between two looks, the eventfd aside.
    [[nodiscard]] std::vector<int> descriptors() const;

private:
    struct Seen {
        WaitList* list;
        WaitList::Epoch epoch;
    };

    void sleep(Deadline deadline);
    /// Throws Canceled where somebody has closed or cancelled one of the objects.
    void check_epochs() const;

    int eventfd_;
    std::vector<std::unique_ptr<Watch>> watches_;
    std::vector<pollfd> entries_;
    std::vector<Seen> seen_;
    std::deque<WaitList::Enlistment> enlistments_;
};

}  // namespace parley
