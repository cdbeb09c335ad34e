#include "number.hpp"
#include "pickle_size.hpp"

#include <parley/object.hpp>
#include <parley/pickle/archive.hpp>
#include <parley/repr.hpp>

// The compiled half of Boost's archives is instantiated once, here.
#include <boost/archive/detail/archive_serializer_map.hpp>
#include <boost/archive/impl/archive_serializer_map.ipp>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace boost::archive::detail {

template class archive_serializer_map<parley::pickle::InputArchive>;

}  // namespace boost::archive::detail

namespace parley::pickle {
namespace {

constexpr std::size_t max_shown = 60;
// What is in the pickle once is less than an item for each byte that it takes in memory. Small
// messages may share more than that.
// Long text and bytes count as items, too.
constexpr std::uint64_t bytes_per_item = 16;
constexpr std::uint64_t free_items = std::uint64_t{1} << 20;

std::uint64_t budget_for(const Value& value, const DecodeOptions& options) noexcept {
    if (options.max_items) return *options.max_items;
    const Message* const message = Access::message(value);
    return free_items + (message == nullptr ? 0 : message->memory());
}

std::string class_name(const Value& type) {
    if (!type.is_global()) return "class of no known name";
    return std::string(type.module()) + '.' + std::string(type.qualname());
}

/// What came, in words.
std::string describe(const Value& value) {
    switch (value.kind()) {
        case Kind::none:
            return "None";
        case Kind::object:
            if (value.as_object().form() == Form::call) return repr(value, {.limit = max_shown});
            return "an instance of " + class_name(value.as_object().type());
        default:
            break;
    }
    return std::string(kind_name(value.kind())) + ' ' + repr(value, {.limit = max_shown});
}

}  // namespace

InputArchive::InputArchive(ConstBytes pickles, const DecodeOptions& options)
    : Trail(options.max_depth), bytes_(pickles), rest_(bytes_), options_(options), budget_(0) {}

InputArchive::InputArchive(Value value, const DecodeOptions& options)
    : Trail(options.max_depth),
      value_(std::move(value)),
      has_value_(true),
      options_(options),
      budget_(budget_for(value_, options)) {}

InputArchive::~InputArchive() = default;

void InputArchive::next_pickle() {
    forget_failure();
    loaded_.truncate(0);
    if (std::exchange(has_value_, false)) return;
    const std::size_t size = pickle_size(rest_);
    value_ = loads(rest_.first(size), options_.load).value();
    rest_ = rest_.subspan(size);
    budget_ = budget_for(value_, options_);
}

void InputArchive::load_binary(void* address, std::size_t size) {
    std::span bytes(static_cast<std::byte*>(address), size);
    load_override(bytes);
}

void InputArchive::note_type(const TypeInfo& type) {
    if (std::find(registered_.begin(), registered_.end(), &type) == registered_.end()) {
        registered_.push_back(&type);
    }
}

std::string_view InputArchive::text(const Cell& cell) {
    if (cell.tag() != Tag::str && cell.tag() != Tag::legacy_str) fail_type("str", cell);
    if (cell.size() >= bytes_per_item) visit(cell.size() / bytes_per_item);
    return {cell.text(), cell.size()};
}

ConstBytes InputArchive::bytes(const Cell& cell) {
    switch (cell.tag()) {
        case Tag::bytes:
            return value(cell).as_bytes();
        case Tag::bytearray:
            return value(cell).as_bytearray();
        case Tag::buffer:
            return value(cell).as_buffer();
        case Tag::legacy_str:
            return {cell.data(), cell.size()};
        default:
            fail_type("bytes", cell);
    }
}

std::string InputArchive::int_bytes(const Cell& cell) {
    if (cell.tag() != Tag::integer && cell.tag() != Tag::big_integer) fail_type("int", cell);
    return value(cell).int_bytes();
}

std::optional<double> InputArchive::if_number(const Cell& cell) const {
    return nearest_double({cell.data(), cell.size()});
}

const Cell* InputArchive::enum_value(const Cell& cell, const PythonName& name) const {
    const ObjectNode& object = *cell.object();
    const bool has_value = object.form != Form::reference && object.args.tag() == Tag::tuple &&
                           object.args.size() == 1 && is_class(object, name);
    return has_value ? &object.args.items()[0] : nullptr;
}

// getattr(cls, name)
std::optional<std::string_view> InputArchive::enum_name(const Cell& cell,
                                                        const PythonName& name) const {
    const ObjectNode& object = *cell.object();
    if (object.args.tag() != Tag::tuple || object.args.size() != 2) return std::nullopt;
    const Cell* const args = object.args.items();
    const bool is_member = args[1].tag() == Tag::str &&
                           value(object.callable).is_global("builtins", "getattr") &&
                           value(args[0]).is_global(name.module, name.qualname);
    if (!is_member) return std::nullopt;
    return std::string_view(args[1].text(), args[1].size());
}

bool InputArchive::is_marked(const Cell& cell, std::string_view mark) const {
    if (cell.tag() != Tag::dict) return false;
    const std::optional<Value> found = value(cell).find("__class__");
    return found && found->if_str() == mark;
}

std::span<const Cell> InputArchive::items(const Cell& cell, std::string_view expected) {
    std::span<const Cell> items;
    switch (cell.tag()) {
        case Tag::list:
            items = {cell.list()->items, cell.list()->size};
            break;
        case Tag::tuple:
            items = {cell.items(), cell.size()};
            break;
        case Tag::object:
            items = gather(cell, true, expected);
            break;
        default:
            fail_type(expected, cell);
    }
    visit(items.size());
    return items;
}

std::span<const Cell> InputArchive::members(const Cell& cell, std::string_view expected) {
    switch (cell.tag()) {
        case Tag::set:
        case Tag::frozenset:
            break;
        default:
            return items(cell, expected);
    }
    visit(cell.table()->size);
    return {cell.table()->entries, cell.table()->size};
}

std::span<const Cell> InputArchive::entries(const Cell& cell, std::string_view expected) {
    std::span<const Cell> entries;
    switch (cell.tag()) {
        case Tag::dict:
            entries = {cell.table()->entries, 2 * cell.table()->size};
            break;
        case Tag::object:
            entries = gather(cell, false, expected);
            break;
        default:
            fail_type(expected, cell);
    }
    visit(entries.size());
    return entries;
}

/// What was appended to an instance (a deque, say), or set by key (an OrderedDict).
std::span<const Cell> InputArchive::gather(const Cell& cell, bool of_list,
                                           std::string_view expected) {
    const ObjectNode& object = *cell.object();
    const auto is_wanted = [&](const pickle::Change& change) {
        const auto kind = change.kind;
        if (of_list) {
            return kind == pickle::Change::Kind::append || kind == pickle::Change::Kind::extend;
        }
        return kind == pickle::Change::Kind::set_items;
    };
    const std::span changes(object.changes, object.change_count);
    const auto first = std::find_if(changes.begin(), changes.end(), is_wanted);
    if (first == changes.end()) {
        if (!is_empty_container(cell, of_list)) fail_type(expected, cell);
        return {};
    }
    const auto second = std::find_if(std::next(first), changes.end(), is_wanted);
    if (second == changes.end()) return {first->cells, first->size};
    std::vector<Cell>& cells = gathered_.emplace_back();
    for (const pickle::Change& change : changes) {
        if (is_wanted(change)) cells.insert(cells.end(), change.cells, change.cells + change.size);
    }
    return cells;
}

/// Nothing tells an empty container from any other instance but its class.
bool InputArchive::is_empty_container(const Cell& cell, bool of_list) const {
    const Value type = value(cell).as_object().type();
    if (!type.is_global() || type.module() != "collections") return false;
    const std::string_view name = type.qualname();
    if (of_list) return name == "deque";
    return name == "OrderedDict" || name == "defaultdict" || name == "Counter";
}

std::span<const Cell> InputArchive::join(std::span<const Cell> first,
                                         std::span<const Cell> second) {
    visit(first.size() + second.size());
    std::vector<Cell>& cells = gathered_.emplace_back(first.begin(), first.end());
    cells.insert(cells.end(), second.begin(), second.end());
    return cells;
}

bool InputArchive::is_remade(const ObjectNode& object) {
    const Value callable = Access::make(object.callable, nullptr);
    return callable.is_global("copyreg", "_reconstructor") ||
           callable.is_global("copyreg", "__newobj__") ||
           callable.is_global("copyreg", "__newobj_ex__");
}

bool InputArchive::is_class(const ObjectNode& object, const PythonName& name) const {
    const void* const callable = object.callable.pointer;
    if (&name == last_name_ && callable == last_class_) return true;
    const Cell cell = Cell::make_pointer(Tag::object, &object);
    if (!value(cell).as_object().is_instance(name.module, name.qualname)) return false;
    if (object.callable.tag() == Tag::global && !is_remade(object)) {
        last_name_ = &name;
        last_class_ = callable;
    }
    return true;
}

/// The class whose object a pointer to some base is to get; null for the base itself.
const InputArchive::TypeInfo* InputArchive::class_of(const Cell& cell, std::string_view expected) {
    const TypeInfo* type = nullptr;
    if (cell.tag() == Tag::object) {
        const Value python = value(cell).as_object().type();
        if (python.is_global()) type = find_class(python.module(), python.qualname());
        if (type == nullptr) fail_type(expected, cell);
    } else if (cell.tag() == Tag::dict) {
        const std::optional<Value> mark = value(cell).find("__class__");
        if (!mark) return nullptr;
        if (mark->is_str()) {
            type = TypeInfo::find(std::string(mark->as_str()).c_str());
        } else if (const auto number = mark->if_int();
                   number && std::in_range<std::size_t>(*number) &&
                   static_cast<std::size_t>(*number) < registered_.size()) {
            type = registered_[static_cast<std::size_t>(*number)];
        }
        if (type == nullptr) fail_unknown_class(expected, *mark);
    }
    return type;
}

void InputArchive::fail_unknown_class(std::string_view expected, const Value& mark) {
    fail(Errc::wrong_type, "expected " + std::string(expected) + ", got the unknown class " +
                               repr(mark, {.limit = max_shown}));
}

void InputArchive::construct_derived(const Cell& cell,
                                     const boost::archive::detail::basic_serializer* serializer,
                                     Awaited& awaited) {
    if (serializer == nullptr) fail_type("an instance of a class that can be received", cell);
    const auto* const pointer_serializer =
        static_cast<const boost::archive::detail::basic_pointer_iserializer*>(serializer);
    ObjectReader reader(*this);
    reader.open(cell, find_python_class(serializer->get_eti()), true);
    const auto newest = pointer_serializer->get_basic_serializer().version();
    awaited.version = reader.version(newest);
    awaited.memory = pointer_serializer->heap_allocation();
    struct Scope {
        InputArchive& archive;
        Awaited* before;
        Awaited& awaited;
        ~Scope() {
            archive.awaited_ = before;
            // Its constructor never ran: only its memory is there.
            if (awaited.number == LoadedObjects::none) ::operator delete(awaited.memory);
        }
    } const scope{*this, std::exchange(awaited_, &awaited), awaited};
    pointer_serializer->load_object_ptr(*this, awaited.memory, awaited.version);
}

bool InputArchive::does_not_fit(const Error& error) noexcept {
    return error.code() == Errc::wrong_type || error.code() == Errc::out_of_range ||
           error.code() == Errc::missing_key;
}

void InputArchive::fail_type(std::string_view expected, const Cell& came) {
    fail(Errc::wrong_type, "expected " + std::string(expected) + ", got " + describe(value(came)));
}

void InputArchive::fail_range(std::string_view expected, const Cell& came) {
    fail(Errc::out_of_range,
         "expected " + std::string(expected) + ", got " + describe(value(came)));
}

void InputArchive::fail_size(std::size_t expected, std::size_t came, std::string_view of) {
    fail(Errc::wrong_type, "expected " + std::to_string(expected) + ' ' + std::string(of) +
                               ", got " + std::to_string(came));
}

void InputArchive::fail_capacity(std::size_t most, std::size_t came) {
    fail(Errc::out_of_range,
         "expected at most " + std::to_string(most) + " items, got " + std::to_string(came));
}

void InputArchive::fail_cycle() {
    fail(Errc::wrong_type, "expected an object that is not part of itself, for a unique_ptr");
}

void InputArchive::fail_budget() {
    fail(Errc::pickle_too_large,
         "shared containers would be read more often than max_items allows");
}

}  // namespace parley::pickle
