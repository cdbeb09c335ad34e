// An object for each row of docs/typed.md's table: the same that tests/interop/peers/typed_rows.py
// makes in Python.
#pragma once

#include <parley/pickle/archive.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace support {

/// One row. `write` makes the object's pickle; `read` says "ok" if a pickle is that of the object.
struct TypedRow {
    std::function<parley::Buffer(int protocol)> write;
    std::function<std::string(parley::Buffer bytes)> read;
};

class TypedRows {
public:
    TypedRows();
    [[nodiscard]] const TypedRow* find(const std::string& name) const {
        const auto found = rows_.find(name);
        return found == rows_.end() ? nullptr : &found->second;
    }

private:
    void add_plain_rows();
    void add_class_rows();
    void add_pointer_rows();
    void add_numpy_rows();

    template <typename T>
    void row(std::string name, T object) {
        check(std::move(name), std::move(object),
              [](const T& came, const T& expected) { return came == expected; });
    }
    /// A row whose object `is_same(came, expected)` compares.
    template <typename T, typename IsSame>
    void check(std::string name, T object, IsSame is_same) {
        const auto shared = std::make_shared<T>(std::move(object));
        TypedRow& row = rows_[std::move(name)];
        row.write = [shared](int protocol) {
            parley::Buffer out;
            parley::pickle::dumps(*shared, out, {.protocol = protocol}).value();
            return out;
        };
        row.read = [shared, is_same](parley::Buffer bytes) -> std::string {
            const auto came = parley::pickle::loads<T>(std::move(bytes));
            if (!came) return came.error().message();
            return is_same(*came, *shared) ? "ok" : "not equal";
        };
    }

    std::map<std::string, TypedRow> rows_;
};

}  // namespace support
