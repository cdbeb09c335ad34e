// Makes dicts step by step, from nothing or from a dict that is there. For lists a
// std::vector<Value> does: `value.get<std::vector<Value>>()`, change it, `list(vector)`.
#pragma once

#include <parley/value.hpp>

#include <cstddef>
#include <memory>

namespace parley {

/// A dict in the making, with Python's rules for keys and order. Values are shared, not copied, and
/// the dict that it began with stays as it was. Not thread-safe.
///
///     parley::DictBuilder builder(request);
///     builder.set("seen", true).erase("password");
///     client.send(builder.build());
class DictBuilder {
public:
    DictBuilder();
    /// Begins with a dict's entries. Throws TypeError (wrong_type) for anything else.
    explicit DictBuilder(const Value& dict);
    DictBuilder(DictBuilder&&) noexcept;
    DictBuilder& operator=(DictBuilder&&) noexcept;
    ~DictBuilder();

    /// dict[key] = value: a key that is there keeps its place. Throws TypeError (wrong_type) for a
    /// key that Python cannot hash, as everything here that takes one.
    DictBuilder& set(const Value& key, const Value& value);
    /// dict.update(entries). Throws TypeError (wrong_type) for anything but a dict.
    DictBuilder& update(const Value& dict);
    /// dict[key], for reading and writing; a key that was not there comes with None.
    [[nodiscard]] Value& operator[](const Value& key);
    /// dict.pop(key, None); whether it was there. As in Python, it comes last when it is set again.
    bool erase(const Value& key);
    [[nodiscard]] bool contains(const Value& key) const;
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The dict as it is now. The builder may go on.
    [[nodiscard]] Value build() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace parley
