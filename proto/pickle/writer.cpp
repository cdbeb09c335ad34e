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
    const LateChange* late = nullptr;
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
            state.first_changes[at->container.pointer] = at;
            events.push_back({at->time, Event::Kind::grow, at->container, 0, at});
        }
        for (Message* const dependency : message->dependencies()) {
            if (seen.insert(dependency).second) todo.push_back(dependency);
        }
    }
}

/// The calls that change an object: they are made when it is changed, and not by themselves.
std::unordered_set<const void*> find_setter_calls(const std::vector<Cell>& objects) {
    std::unordered_set<const void*> calls;
    for (const Cell& cell : objects) {
        const ObjectNode& object = *cell.object();
        for (std::uint32_t i = 0; i < object.change_count; ++i) {
            const Change& change = object.changes[i];
            if (change.kind == Change::Kind::call) calls.insert(change.cells[0].pointer);
        }
    }
    return calls;
}

std::uint64_t time_of(const Change& change) noexcept {
    return change.kind == Change::Kind::call ? change.cells[0].object()->time : change.time;
}

std::vector<Event> collect_events(Message* message, WriteState& state) {
    std::vector<Event> events;
    const std::unordered_set<const void*> calls = find_setter_calls(state.objects);
    for (const Cell& cell : state.objects) {
        const ObjectNode& object = *cell.object();
        if (!calls.contains(cell.pointer)) {
            events.push_back({object.time, Event::Kind::create, cell, 0, nullptr});
        }
        for (std::uint32_t i = 0; i < object.change_count; ++i) {
            events.push_back({time_of(object.changes[i]), Event::Kind::change, cell, i, nullptr});
        }
    }
    collect_late_changes(message, state, events);
    std::ranges::stable_sort(events, {}, &Event::time);
    return events;
}

/// Objects that the pickle made and threw away, or left on the stack: making them may have
/// mattered.
void count_unreached(Message& message, WriteState& state, GraphWriter<true>& counter) {
    // One that is part of another that is met later must not count twice.
    state.mode = Mode::ordered;
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
    state.mode = state.conflict || !in_order ? Mode::ordered : Mode::counted;
}

template <bool Counting>
void go_through(const std::vector<Event>& events, const Value& value, Encoder& out,
                WriteState& state) {
    GraphWriter<Counting> writer(out, state);
    for (const Event& event : events) {
        switch (event.kind) {
            case Event::Kind::create:
                writer.create(event.cell);
                break;
            case Event::Kind::change:
                writer.change(event.cell, event.change);
                break;
            case Event::Kind::grow:
                writer.grow(*event.late);
                break;
        }
    }
    writer.write(Access::cell(value));
}

void write_in_order(const Value& value, Encoder& out, WriteState& state) {
    const std::vector<Event> events = collect_events(state.message, state);
    state.by_event = true;
    state.memo.clear();
    state.helpers = {};
    go_through<true>(events, value, out, state);
    go_through<false>(events, value, out, state);
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

void write(const Value& value, Encoder& encoder, std::vector<Value>* buffers) {
    WriteState state;
    state.buffers = buffers;
    state.message = Access::message(value);
    choose_mode(value, encoder, state);
    if (state.mode == Mode::ordered) {
        write_in_order(value, encoder, state);
    } else {
        GraphWriter<false>(encoder, state).write(Access::cell(value));
    }
}

Result<void> dumps(const Value& value, Buffer& out, const DumpOptions& options) {
    if (options.protocol < 2 || options.protocol > highest_protocol) {
        return Failure(Errc::invalid_argument,
                       "protocol " + std::to_string(options.protocol) + ", not 2 to 5");
    }
    Encoder encoder(out, options.protocol);
    write(value, encoder, options.buffers);
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
