#include "graph_writer.hpp"

#include <parley/pickle/writer.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace parley::pickle {
namespace {

using Mode = WriteState::Mode;

/// One thing that was done, in the order in which things were done.
struct Event {
    enum class Kind : std::uint8_t { create, change, grow };
    std::uint64_t time;
    Kind kind;
    Cell cell;
    std::uint32_t change = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Every container that was changed late and that the first run met.
void collect_late_changes(Message* first, WriteState& state, std::vector<Event>& events) {
    std::vector<Message*> todo{first};
    std::unordered_set<Message*> seen{first};
    while (!todo.empty()) {
        Message* const message = todo.back();
        todo.pop_back();
        for (const LateChange* at = message->last_late; at != nullptr; at = at->previous) {
            if (state.memo.find(at->container.pointer) == nullptr) continue;
            state.initial_sizes[at->container.pointer] = at->begin;
            events.push_back({at->time, Event::Kind::grow, at->container, 0, at->begin, at->end});
        }
        for (Message* const dependency : message->dependencies()) {
            if (seen.insert(dependency).second) todo.push_back(dependency);
        }
    }
}

std::vector<Event> collect_events(Message* message, WriteState& state) {
    std::vector<Event> events;
    for (const Cell& cell : state.objects) {
        const ObjectNode& object = *cell.object();
        events.push_back({object.time, Event::Kind::create, cell});
        for (std::uint32_t i = 0; i < object.change_count; ++i) {
            events.push_back({object.changes[i].time, Event::Kind::change, cell, i});
        }
    }
    collect_late_changes(message, state, events);
    std::ranges::stable_sort(events, {}, &Event::time);
    return events;
}

/// Objects that the pickle made and threw away, or left on the stack: making them may have
/// mattered.
void count_unreached(Message& message, WriteState& state, GraphWriter<true>& counter) {
    std::unordered_set<const void*> reached;
    std::size_t known = 0;
    for (const ObjectNode* at = message.last_object; at != nullptr; at = at->previous) {
        for (; known < state.objects.size(); ++known)
            reached.insert(state.objects[known].pointer);
        if (!reached.contains(at)) counter.write(Cell::make_pointer(Tag::object, at));
    }
}

/// Fills in what must be known before anything is written.
void count(const Value& value, bool whole, Encoder& out, WriteState& state) {
    state.mode = Mode::counted;
    Message& message = *state.message;
    GraphWriter<true> counter(out, state);
    counter.write(Access::cell(value));
    const bool trusted = whole && message.natural;
    bool in_order = trusted || !state.met_late || state.objects.empty();
    if (message.disordered) {
        if (whole) count_unreached(message, state, counter);
        in_order = in_order && state.objects.empty();
    }
    if (state.conflict || !in_order) state.mode = Mode::ordered;
}

void write_in_order(const Value& value, Encoder& out, WriteState& state) {
    GraphWriter<false> writer(out, state);
    for (const Event& event : collect_events(state.message, state)) {
        switch (event.kind) {
            case Event::Kind::create:
                writer.create(event.cell);
                break;
            case Event::Kind::change:
                writer.change(event.cell, event.change);
                break;
            case Event::Kind::grow:
                writer.grow(event.cell, event.begin, event.end);
                break;
        }
    }
    writer.write(Access::cell(value));
}

void choose_mode(const Value& value, Encoder& out, WriteState& state) {
    const Message* const message = state.message;
    if (message == nullptr) return;
    const Cell& cell = Access::cell(value);
    const bool whole = message->root.pointer == cell.pointer && message->root.tag() == cell.tag();
    const bool plain = out.protocol() >= 4 && !message->has_calls && !message->disordered;
    if (plain && !message->has_shared) return;
    if (plain && whole && message->natural) {
        state.mode = Mode::natural;
        return;
    }
    count(value, whole, out, state);
}

}  // namespace

Result<void> dumps(const Value& value, Buffer& out, const DumpOptions& options) {
    if (options.protocol < 2 || options.protocol > highest_protocol) {
        return Failure(Errc::invalid_argument,
                       "protocol " + std::to_string(options.protocol) + ", not 2 to 5");
    }
    Encoder encoder(out, options.protocol);
    WriteState state;
    state.buffers = options.buffers;
    state.message = Access::message(value);
    choose_mode(value, encoder, state);
    if (state.mode == Mode::ordered) {
        write_in_order(value, encoder, state);
    } else {
        GraphWriter<false>(encoder, state).write(Access::cell(value));
    }
    return encoder.finish();
}

Result<Buffer> dumps(const Value& value, const DumpOptions& options) {
    Buffer out;
    if (auto written = dumps(value, out, options); written.has_error()) {
        return std::move(written).error();
    }
    return out;
}

}  // namespace parley::pickle
