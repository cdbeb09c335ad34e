#include "container.hpp"

#include <parley/object.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace parley {

using pickle::Cell;
using pickle::Container;
using pickle::ObjectNode;
using pickle::Tag;

namespace {

bool can_be_called(const Value& value) noexcept {
    switch (value.kind()) {
        case Kind::global:
        case Kind::object:
        case Kind::extension:
        case Kind::persistent_id:
            return true;
        default:
            return false;
    }
}

void require(bool condition, std::string_view expected, const Value& came) {
    if (condition) return;
    throw_failure({Errc::wrong_type, "expected " + std::string(expected) + ", came " +
                                         std::string(kind_name(came.kind()))});
}

std::optional<Value> find_in(const Value& dict, std::string_view name) {
    return dict.is_dict() ? dict.find(name) : std::nullopt;
}

}  // namespace

Value Object::kwargs() const noexcept {
    return node().has_kwargs ? part(node().kwargs) : Value();
}

Change Object::change(std::size_t position) const {
    if (position >= change_count()) {
        throw_failure({Errc::out_of_range, "change " + std::to_string(position) + " of " +
                                               std::to_string(change_count())});
    }
    const pickle::Change& change = node().changes[position];
    Change result{change.kind, {}};
    result.values.reserve(change.size);
    for (std::uint64_t i = 0; i < change.size; ++i)
        result.values.push_back(part(change.cells[i]));
    return result;
}

std::vector<Change> Object::changes() const {
    std::vector<Change> all;
    all.reserve(change_count());
    for (std::size_t i = 0; i < change_count(); ++i)
        all.push_back(change(i));
    return all;
}

std::optional<Value> Object::state() const {
    for (std::uint32_t i = node().change_count; i-- > 0;) {
        const pickle::Change& change = node().changes[i];
        if (change.kind == Change::Kind::state) return part(change.cells[0]);
        if (change.kind != Change::Kind::call) continue;
        const Value args = part(change.cells[0]).as_object().args();
        if (args.is_tuple() && args.size() == 2) return args[1];
    }
    return std::nullopt;
}

std::optional<Value> Object::attribute(std::string_view name) const {
    const std::optional<Value> state = this->state();
    if (!state) return std::nullopt;
    if (!state->is_tuple() || state->size() != 2) return find_in(*state, name);
    std::optional<Value> slot = find_in((*state)[1], name);
    return slot ? slot : find_in((*state)[0], name);
}

std::vector<Value> Object::list_items() const {
    std::vector<Value> items;
    for (std::uint32_t i = 0; i < node().change_count; ++i) {
        const pickle::Change& change = node().changes[i];
        if (change.kind != Change::Kind::append && change.kind != Change::Kind::extend) continue;
        for (std::uint64_t j = 0; j < change.size; ++j)
            items.push_back(part(change.cells[j]));
    }
    return items;
}

std::vector<Entry> Object::dict_items() const {
    std::vector<Entry> entries;
    for (std::uint32_t i = 0; i < node().change_count; ++i) {
        const pickle::Change& change = node().changes[i];
        if (change.kind != Change::Kind::set_items) continue;
        for (std::uint64_t j = 0; j + 1 < change.size; j += 2) {
            entries.push_back({part(change.cells[j]), part(change.cells[j + 1])});
        }
    }
    return entries;
}

Value Object::type() const {
    const Value made_by = callable();
    const Value arguments = args();
    const bool reconstructed = made_by.is_global("copyreg", "_reconstructor") ||
                               made_by.is_global("copyreg", "__newobj__") ||
                               made_by.is_global("copyreg", "__newobj_ex__");
    return reconstructed && arguments.is_tuple() && !arguments.empty() ? arguments[0] : made_by;
}

bool Object::is_instance(std::string_view module, std::string_view qualname) const {
    return type().is_global(module, qualname);
}

ObjectBuilder::ObjectBuilder(Form form, const Value& callable, const Value& args)
    : form_(form), callable_(callable), args_(args) {
    require(can_be_called(callable), "a class or function", callable);
    require(args.is_tuple() || args.is_object(), "a tuple", args);
}

ObjectBuilder::ObjectBuilder(Form form, const Value& callable, const Value& args,
                             const Value& kwargs)
    : ObjectBuilder(form, callable, args) {
    require(kwargs.is_dict(), "a dict", kwargs);
    require(form == Form::new_ || kwargs.empty(), "no keyword arguments", kwargs);
    if (form == Form::new_) kwargs_ = kwargs;
}

ObjectBuilder& ObjectBuilder::state(const Value& state) {
    steps_.push_back({Change::Kind::state, {state}});
    return *this;
}

ObjectBuilder& ObjectBuilder::append(const Value& item) {
    steps_.push_back({Change::Kind::append, {item}});
    return *this;
}

ObjectBuilder& ObjectBuilder::extend(std::span<const Value> items) {
    steps_.push_back({Change::Kind::extend, {items.begin(), items.end()}});
    return *this;
}

ObjectBuilder& ObjectBuilder::set_item(const Value& key, const Value& value) {
    steps_.push_back({Change::Kind::set_items, {key, value}});
    return *this;
}

ObjectBuilder& ObjectBuilder::set_items(std::span<const Entry> entries) {
    Step step{Change::Kind::set_items, {}};
    for (const Entry& entry : entries) {
        step.values.push_back(entry.key);
        step.values.push_back(entry.value);
    }
    steps_.push_back(std::move(step));
    return *this;
}

ObjectBuilder& ObjectBuilder::add_items(std::span<const Value> members) {
    steps_.push_back({Change::Kind::add_items, {members.begin(), members.end()}});
    return *this;
}

ObjectBuilder& ObjectBuilder::call(const Value& setter, const Value& state) {
    require(can_be_called(setter), "a function", setter);
    steps_.push_back({Change::Kind::call, {setter, state}});
    return *this;
}

Value ObjectBuilder::build() {
    Container container(sizeof(pickle::NodeHeader) + sizeof(ObjectNode) +
                        steps_.size() * sizeof(pickle::Change));
    pickle::Message& message = container.message();
    auto* const node = message.node<ObjectNode>();
    const Cell object = Cell::make_pointer(Tag::object, node);
    const auto changes =
        static_cast<pickle::Change*>(message.allocate(steps_.size() * sizeof(pickle::Change)));
    const auto count = static_cast<std::uint32_t>(steps_.size());
    const Cell callable = container.take(callable_);
    const Cell args = container.take(args_);
    const Cell kwargs = kwargs_ ? container.take(*kwargs_) : Cell::make(Tag::absent);
    *node = {
        form_, kwargs_.has_value(), count, count, message.stamp(), changes, nullptr, callable, args,
        kwargs};
    message.last_object = node;
    message.object_count = 1;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        changes[i] = make_change(steps_[i], object, container);
    }
    return container.finish(object);
}

pickle::Change ObjectBuilder::make_change(const Step& step, Cell object, Container& container) {
    pickle::Message& message = container.message();
    if (step.kind == Change::Kind::call) return make_call(step, object, container);
    Cell* const cells = message.array(step.values.size());
    for (std::size_t i = 0; i < step.values.size(); ++i)
        cells[i] = container.take(step.values[i]);
    return {step.kind, step.values.size(), cells, message.stamp()};
}

pickle::Change ObjectBuilder::make_call(const Step& step, Cell object, Container& container) {
    pickle::Message& message = container.message();
    object.flags() |= pickle::shared;
    message.has_shared = true;
    message.natural = false;
    auto* const args = static_cast<Cell*>(message.allocate_with_header(2 * sizeof(Cell)));
    args[0] = object;
    args[1] = container.take(step.values[1]);
    auto* const node = message.node<ObjectNode>();
    const Cell setter = container.take(step.values[0]);
    *node = {Form::call,
             false,
             0,
             0,
             message.stamp(),
             nullptr,
             message.last_object,
             setter,
             Cell::make_pointer(Tag::tuple, args, 2),
             Cell::make(Tag::absent)};
    message.last_object = node;
    ++message.object_count;
    Cell* const cells = message.array(1);
    cells[0] = Cell::make_pointer(Tag::object, node);
    return {Change::Kind::call, 1, cells, message.stamp()};
}

Value call(const Value& callable, const Value& args) {
    return ObjectBuilder(Form::call, callable, args).build();
}

}  // namespace parley
