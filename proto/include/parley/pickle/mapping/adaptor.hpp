// queue, stack and priority_queue: the list of what they hold.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/mapping/sequence.hpp>
#include <parley/pickle/output_archive.hpp>

#include <queue>
#include <stack>
#include <utility>

namespace parley::pickle {

/// Bottom to top, front to back, or in the order of the heap.
template <typename Adaptor>
struct AdaptorMapping : Mapping<typename Adaptor::container_type> {
    using Container = typename Adaptor::container_type;

    static void fill(OutputArchive& archive, const Adaptor& adaptor) {
        Mapping<Container>::fill(archive, Opened::container(adaptor));
    }
    static void save(OutputArchive& archive, const Adaptor& adaptor) {
        archive.write(Opened::container(adaptor));
    }
    static void load(InputArchive& archive, const Cell& cell, Adaptor& adaptor) {
        archive.read(cell, const_cast<Container&>(Opened::container(adaptor)));
    }

private:
    // The container is a protected member.
    struct Opened : Adaptor {
        static const Container& container(const Adaptor& adaptor) { return adaptor.*(&Opened::c); }
    };
};

template <typename T, typename Container>
struct Mapping<std::queue<T, Container>> : AdaptorMapping<std::queue<T, Container>> {};
template <typename T, typename Container>
struct Mapping<std::stack<T, Container>> : AdaptorMapping<std::stack<T, Container>> {};
template <typename T, typename Container, typename Compare>
struct Mapping<std::priority_queue<T, Container, Compare>>
    : AdaptorMapping<std::priority_queue<T, Container, Compare>> {
    using Heap = std::priority_queue<T, Container, Compare>;

    /// Python may have changed the order.
    static void load(InputArchive& archive, const Cell& cell, Heap& heap) {
        Container items;
        archive.read(cell, items);
        heap = Heap(Compare(), std::move(items));
    }
};

}  // namespace parley::pickle
