// Worker pool: hands jobs to Python workers as they become idle, in one thread. A worker that dies
// gives its job back to the others. Start it, then 06_worker_pool.py as often as there are cores.
//     06_worker_pool [ADDRESS [WORKERS]]      begins when so many workers are there
#include <parley/listener.hpp>
#include <parley/wait.hpp>

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <optional>
#include <vector>

namespace {

using Job = std::int64_t;

class Pool {
public:
    Pool(parley::Listener& listener, std::deque<Job> jobs)
        : listener_(listener), waiting_(std::move(jobs)), unfinished_(waiting_.size()) {}

    void await_workers(std::size_t count) {
        while (workers_.size() < count)
            workers_.push_back({listener_.accept()});
    }

    /// What the workers made of each job. They are dismissed by closing their connections.
    std::map<Job, parley::Value> run() {
        while (unfinished_ > 0) {
            hand_out();
            for (const std::size_t ready : parley::wait(everybody()))
                ready == 0 ? workers_.push_back({listener_.accept()})
                           : collect(workers_[ready - 1]);
            std::erase_if(workers_,
                          [](const Worker& worker) { return worker.connection.closed(); });
        }
        workers_.clear();
        return std::move(results_);
    }

private:
    struct Worker {
        parley::Connection connection;
        std::optional<Job> job = std::nullopt;
    };

    void hand_out() {
        for (Worker& worker : workers_) {
            if (worker.job || waiting_.empty()) continue;
            worker.job = waiting_.front();
            waiting_.pop_front();
            try {
                worker.connection.send(*worker.job);
            } catch (const parley::Error& error) {
                dismiss(worker, error);
            }
        }
    }

    void collect(Worker& worker) {
        try {
            results_.insert_or_assign(worker.job.value(), worker.connection.recv());
            worker.job.reset();
            --unfinished_;
        } catch (const parley::Error& error) {
            dismiss(worker, error);
        }
    }

    void dismiss(Worker& worker, const parley::Error& error) {
        std::cout << "lost a worker: " << error.code().message() << '\n';
        if (worker.job) waiting_.push_front(*worker.job);
        worker.connection.close();
    }

    [[nodiscard]] std::vector<parley::Waitable> everybody() const {
        std::vector<parley::Waitable> objects{listener_};
        for (const Worker& worker : workers_)
            objects.emplace_back(worker.connection);
        return objects;
    }

    parley::Listener& listener_;
    std::deque<Job> waiting_;
    std::size_t unfinished_;
    std::vector<Worker> workers_;
    std::map<Job, parley::Value> results_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        parley::Listener listener{argc > 1 ? argv[1] : "localhost:8888",
                                  {.authkey = parley::Authkey{"Hello World!"}}};
        std::cout << "listening on " << listener.address() << std::endl;
        Pool pool{listener, {91, 97, 1001, 65537, 6700417, 2147483647, 4294967297}};
        pool.await_workers(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1);
        for (const auto& [job, factors] : pool.run())
            std::cout << job << " = " << factors << '\n';
    } catch (const parley::Error& error) {
        std::cerr << "06_worker_pool: " << error.what() << '\n';
        return 1;
    }
}
