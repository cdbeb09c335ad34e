#include "operand.hpp"
#include "table.hpp"

#include <parley/object.hpp>
#include <parley/pickle/archive.hpp>
#include <parley/pickle/object_reader.hpp>

#include <algorithm>
#include <cstring>

namespace parley::pickle {
namespace {

// A dict with more keys is searched by its index.
constexpr std::uint64_t few_keys = 16;
constexpr unsigned bits_per_word = 64;

[[nodiscard]] bool is_name(const Cell& key) noexcept {
    return key.tag() == Tag::str || key.tag() == Tag::legacy_str;
}

template <typename Word>
[[nodiscard]] bool equal_ends(const char* one, const char* other, std::size_t size) noexcept {
    const std::size_t last = size - sizeof(Word);
    return load_little<Word>(one) == load_little<Word>(other) &&
           load_little<Word>(one + last) == load_little<Word>(other + last);
}

/// Names are so short that a call would take longer than to compare them.
[[nodiscard]] bool equals(const char* one, const char* other, std::size_t size) noexcept {
    if (size > 16) return std::memcmp(one, other, size) == 0;
    if (size >= 8) return equal_ends<std::uint64_t>(one, other, size);
    if (size >= 4) return equal_ends<std::uint32_t>(one, other, size);
    if (size >= 2) return equal_ends<std::uint16_t>(one, other, size);
    return size == 0 || *one == *other;
}

[[nodiscard]] bool equals(const Cell& key, std::string_view name) noexcept {
    return is_name(key) && key.size() == name.size() &&
           equals(key.text(), name.data(), name.size());
}

[[nodiscard]] bool is_table_or_none(const Cell& cell) noexcept {
    return cell.tag() == Tag::dict || cell.tag() == Tag::none;
}

/// What BUILD or a state setter was given last, or null.
[[nodiscard]] const Cell* state_of(const ObjectNode& object) noexcept {
    for (std::uint32_t i = object.change_count; i-- > 0;) {
        const pickle::Change& change = object.changes[i];
        if (change.kind == pickle::Change::Kind::state) return &change.cells[0];
        if (change.kind != pickle::Change::Kind::call) continue;
        const Cell& args = change.cells[0].object()->args;
        if (args.tag() == Tag::tuple && args.size() == 2) return &args.items()[1];
    }
    return nullptr;
}

}  // namespace

ObjectReader::ObjectReader(InputArchive& archive)
    : Descent(archive),
      archive_(archive),
      outer_(archive.reader_),
      first_used_(archive.used_bits_.size()),
      first_repeat_(archive.repeats_.size()),
      first_base_(archive.bases_.size()) {
    archive.reader_ = this;
}

ObjectReader::~ObjectReader() {
    archive_.used_bits_.resize(first_used_);
    archive_.repeats_.resize(first_repeat_);
    archive_.bases_.resize(first_base_);
    archive_.reader_ = outer_;
}

void ObjectReader::open(const Cell& cell, const PythonName* python, bool is_known) {
    python_ = python;
    cell_ = &cell;
    switch (cell.tag()) {
        case Tag::dict:
            return use_table(cell, Source::dict);
        case Tag::list:
            return use_items({cell.list()->items, cell.list()->size}, Source::items);
        case Tag::tuple:
            return use_items({cell.items(), cell.size()}, Source::items);
        case Tag::object:
            return open_instance(*cell.object(), is_known);
        default:
            fail_type();
    }
}

void ObjectReader::fail_type() {
    if (python_ == nullptr) archive_.fail_type("dict", *cell_);
    archive_.fail_type(std::string(python_->module) + '.' + std::string(python_->qualname), *cell_);
}

void ObjectReader::open_instance(const ObjectNode& object, bool is_known) {
    if (python_ != nullptr && !is_known && !archive_.is_class(object, *python_)) fail_type();
    source_ = Source::instance;
    if (const Cell* const state = state_of(object)) {
        if (state->tag() == Tag::dict) return use_table(*state, Source::instance);
        const bool is_tuple = state->tag() == Tag::tuple;
        // copyreg's form for __slots__: the attributes in __dict__, and those in slots.
        if (is_tuple && state->size() == 2 && is_table_or_none(state->items()[0]) &&
            is_table_or_none(state->items()[1])) {
            return use_tables(state->items()[0], state->items()[1]);
        }
        // dataclasses._dataclass_getstate: the fields in order.
        if (is_tuple) return use_items({state->items(), state->size()}, Source::arguments);
        if (state->tag() == Tag::list) {
            return use_items({state->list()->items, state->list()->size}, Source::arguments);
        }
        if (state->tag() != Tag::none) fail_type();
        return;
    }
    if (object.has_kwargs) return use_table(object.kwargs, Source::instance);
    if (object.form == Form::reference || object.args.tag() != Tag::tuple) return;
    const std::span<const Cell> arguments(object.args.items(), object.args.size());
    if (!InputArchive::is_remade(object)) {
        if (!arguments.empty()) use_items(arguments, Source::arguments);
    } else if (arguments.size() == 3 && arguments[2].tag() == Tag::tuple) {
        // copyreg._reconstructor(cls, tuple, items), below protocol 2.
        use_items({arguments[2].items(), arguments[2].size()}, Source::arguments);
    }
}

void ObjectReader::use_table(const Cell& dict, Source source) {
    if (dict.tag() != Tag::dict) fail_type();
    table_ = dict.table();
    cells_ = table_->entries;
    count_ = table_->size;
    source_ = source;
    archive_.visit(count_);
}

void ObjectReader::use_items(std::span<const Cell> items, Source source) {
    cells_ = items.data();
    count_ = items.size();
    source_ = source;
    archive_.visit(count_);
}

void ObjectReader::use_tables(const Cell& first, const Cell& second) {
    const bool has_first = first.tag() == Tag::dict && first.table()->size != 0;
    const bool has_second = second.tag() == Tag::dict && second.table()->size != 0;
    if (has_first && has_second) {
        const std::span<const Cell> joined =
            archive_.join({first.table()->entries, 2 * first.table()->size},
                          {second.table()->entries, 2 * second.table()->size});
        cells_ = joined.data();
        count_ = joined.size() / 2;
        source_ = Source::instance;
    } else if (has_first || has_second) {
        use_table(has_first ? first : second, Source::instance);
    }
}

inline bool ObjectReader::mark_used(std::uint64_t entry) {
    std::uint64_t& word = entry < bits_per_word ? used_bits_ : far_used_bits(entry);
    const std::uint64_t bit = std::uint64_t{1} << entry % bits_per_word;
    if ((word & bit) != 0) return true;
    word |= bit;
    ++used_;
    return false;
}

std::uint64_t& ObjectReader::far_used_bits(std::uint64_t entry) {
    // Objects inside this one, which had bits of their own behind these, are through.
    const std::size_t words = (count_ - 1) / bits_per_word;
    if (archive_.used_bits_.size() < first_used_ + words) {
        archive_.used_bits_.resize(first_used_ + words);
    }
    return archive_.used_bits_[first_used_ + entry / bits_per_word - 1];
}

unsigned ObjectReader::version(unsigned newest) {
    // The newest one is meant where there is no place to say.
    if (source_ == Source::arguments) return newest;
    if (source_ == Source::items || count_ == 0) return 0;
    const std::optional<std::uint64_t> entry = find_version(newest);
    if (!entry) return 0;
    if (!mark_used(*entry) && next_ == *entry) ++next_;
    return checked_version(cells_[2 * *entry + 1], newest);
}

std::optional<std::uint64_t> ObjectReader::find_version(unsigned newest) const {
    if (newest > 0) return find_entry("__version__");
    // A class that has no versions yet: it is in front where the other side's class has them.
    for (std::uint64_t entry = 0; entry < std::min<std::uint64_t>(count_, 2); ++entry) {
        if (equals(cells_[2 * entry], "__version__")) return entry;
    }
    return std::nullopt;
}

unsigned ObjectReader::base_version(std::string_view name, unsigned newest) {
    ++bases_;
    if (source_ == Source::arguments) return newest;
    if (source_ == Source::items) return 0;
    const std::string key =
        "__version__." + (name.data() != nullptr ? std::string(name) : std::to_string(bases_));
    const std::optional<std::uint64_t> entry = find_entry(key);
    if (!entry) return 0;
    if (!mark_used(*entry) && next_ == *entry) ++next_;
    return checked_version(cells_[2 * *entry + 1], newest);
}

bool ObjectReader::has_base_as_member() const noexcept {
    return source_ == Source::items && mode_ == Mode::positional;
}

unsigned ObjectReader::checked_version(const Cell& cell, unsigned newest) {
    if (cell.tag() != Tag::integer) archive_.fail_type("int as the class version", cell);
    if (cell.integer < 0 || static_cast<std::uint64_t>(cell.integer) > newest) {
        archive_.fail(Errc::out_of_range, "expected class version " + std::to_string(newest) +
                                              " or older, got version " +
                                              std::to_string(cell.integer));
    }
    return static_cast<unsigned>(cell.integer);
}

inline const Cell* ObjectReader::take(std::uint64_t entry, std::string_view name) {
    if (mark_used(entry)) return find_repeated(name, entry);
    next_ = entry + 1;
    return &cells_[2 * entry + 1];
}

inline const Cell* ObjectReader::find_name(std::string_view name) {
    if (next_ < count_ && equals(cells_[2 * next_], name)) return take(next_, name);
    return find_elsewhere(name);
}

const Cell* ObjectReader::find_member(std::string_view name) {
    at_member(name.data(), asked_);
    const bool has_name = name.data() != nullptr;
    if (mode_ == Mode::undecided) mode_ = has_name ? Mode::named : Mode::positional;
    const std::uint64_t position = asked_++;
    if (source_ == Source::dict || source_ == Source::instance) {
        return has_name && mode_ == Mode::named ? find_name(name) : find_position(position);
    }
    if (source_ == Source::items && mode_ == Mode::named) {
        asked_ = 0;
        leave_member();
        fail_type();
    }
    return next_item();
}

const Cell* ObjectReader::next_item() {
    if (next_ == count_) return nullptr;
    ++used_;
    return &cells_[next_++];
}

const Cell* ObjectReader::find_elsewhere(std::string_view name) {
    const std::optional<std::uint64_t> entry = find_entry(name);
    return entry ? take(*entry, name) : nullptr;
}

const Cell* ObjectReader::find_position(std::uint64_t position) {
    // An instance's attributes stand in the order in which they were set.
    if (source_ == Source::instance) {
        if (next_ == count_) return nullptr;
        ++used_;
        return &cells_[2 * next_++ + 1];
    }
    const auto is_position = [&](std::uint64_t entry) {
        const Cell& key = cells_[2 * entry];
        return key.tag() == Tag::integer && static_cast<std::uint64_t>(key.integer) == position;
    };
    std::uint64_t entry = next_;
    if (entry >= count_ || !is_position(entry)) {
        entry = 0;
        while (entry < count_ && !is_position(entry))
            ++entry;
    }
    if (entry == count_) return nullptr;
    ++used_;
    next_ = entry + 1;
    return &cells_[2 * entry + 1];
}

std::optional<std::uint64_t> ObjectReader::find_entry(std::string_view name) const {
    if (count_ > few_keys && table_ != nullptr) {
        return find_key(*table_, Cell::make_pointer(Tag::str, name.data(), name.size()), 2);
    }
    for (std::uint64_t entry = 0; entry < count_; ++entry) {
        if (equals(cells_[2 * entry], name)) return entry;
    }
    return std::nullopt;
}

/// A class may use a name more than once: `name#2` is the second.
const Cell* ObjectReader::find_repeated(std::string_view name, std::uint64_t entry) {
    auto& repeats = archive_.repeats_;
    std::size_t at = first_repeat_;
    while (at < repeats.size() && repeats[at].entry != entry)
        ++at;
    if (at == repeats.size()) repeats.push_back({entry, 1});
    const std::string key = std::string(name) + '#' + std::to_string(++repeats[at].count);
    std::uint64_t found = next_;
    if (next_ >= count_ || !equals(cells_[2 * next_], std::string_view(key))) {
        const std::optional<std::uint64_t> elsewhere = find_entry(key);
        if (!elsewhere) return nullptr;
        found = *elsewhere;
    }
    static_cast<void>(mark_used(found));
    next_ = found + 1;
    return &cells_[2 * found + 1];
}

void ObjectReader::fail_missing(std::string_view expected) {
    std::string words = "expected " + std::string(expected) + ", got ";
    if (source_ == Source::items || source_ == Source::arguments) {
        words += "only " + std::to_string(count_) + (count_ == 1 ? " item" : " items");
        archive_.fail(Errc::wrong_type, words);
    }
    archive_.fail(Errc::missing_key, words + "nothing");
}

void ObjectReader::close() {
    leave_member();
    const bool in_order = source_ == Source::items || source_ == Source::arguments;
    if (in_order && next_ < count_) archive_.fail_size(next_, count_, "items");
}

}  // namespace parley::pickle
