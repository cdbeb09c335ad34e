// Instances of classes that only the other side knows: how each was made and what was done to it
// since, by name. Nothing is ever called here.
#pragma once

#include <parley/value.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace parley {
namespace pickle {
class Container;
}

/// How an object comes into being; see `Object::form`.
using pickle::Form;

/// One thing that was done to an object after it had come into being.
struct Change {
    using Kind = pickle::Change::Kind;
    /// append: one item (APPEND). extend: items (APPENDS). set_items: keys and values in turn
    /// (SETITEM, SETITEMS). add_items: members (ADDITEMS). state: one value (BUILD). call: one
    /// object, made by a call that got this object as its first argument and whose result nobody
    /// kept (a state setter).
    Kind kind;
    std::vector<Value> values;
};

/// A look at an instance. Keeps it alive; thread-safe as Values are.
class Object {
public:
    /// `call`: callable(*args), as __reduce__ says. `new_`: callable.__new__(callable, *args,
    /// **kwargs). `instance`: a class of Python 2 (or the INST and OBJ opcodes), called if there
    /// are arguments. `reference`: the callable itself, which then was changed.
    [[nodiscard]] Form form() const noexcept { return node().form; }
    /// The class or function: mostly a global, but any value that can be called.
    [[nodiscard]] Value callable() const noexcept { return part(node().callable); }
    /// A tuple, as a rule; an instance of some subclass of it can be given too.
    [[nodiscard]] Value args() const noexcept { return part(node().args); }
    /// The keyword arguments as a dict; None where there are none.
    [[nodiscard]] Value kwargs() const noexcept;

    [[nodiscard]] std::size_t change_count() const noexcept { return node().change_count; }
    [[nodiscard]] Change change(std::size_t position) const;
    /// Every change in order.
    [[nodiscard]] std::vector<Change> changes() const;

    /// What BUILD was given last, or the second argument of the last state setter: what
    /// __getstate__ returned. Nothing where there is none.
    [[nodiscard]] std::optional<Value> state() const;
    /// An attribute out of the state: of its dict, or of both dicts where __slots__ are at work.
    [[nodiscard]] std::optional<Value> attribute(std::string_view name) const;
    /// All that was appended or extended by.
    [[nodiscard]] std::vector<Value> list_items() const;
    /// All that was set by key; a later value of a key stands later.
    [[nodiscard]] std::vector<Entry> dict_items() const;

    /// The class: the callable itself, or, for the functions that copyreg and pickle reconstruct
    /// with (copyreg._reconstructor, copyreg.__newobj__), their first argument.
    [[nodiscard]] Value type() const;
    /// Whether that class is the global that Python 3 has under these names.
    [[nodiscard]] bool is_instance(std::string_view module, std::string_view qualname) const;

private:
    friend class Value;
    explicit Object(Value value) noexcept : value_(std::move(value)) {}
    [[nodiscard]] const pickle::ObjectNode& node() const noexcept {
        return *pickle::Access::cell(value_).object();
    }
    [[nodiscard]] Value part(const pickle::Cell& cell) const noexcept {
        return pickle::Access::make(cell, pickle::Access::message(value_));
    }

    Value value_;
};

/// Makes an instance: of a class by name, say, `ObjectBuilder(Form::new_, global("shapes",
/// "Point"), tuple()).state(dict({{"x", 1}})).build()`. Not thread-safe.
class ObjectBuilder {
public:
    /// Throws TypeError (wrong_type) if the callable cannot be one or the arguments are no tuple.
    ObjectBuilder(Form form, const Value& callable, const Value& args);
    ObjectBuilder(Form form, const Value& callable, const Value& args, const Value& kwargs);

    ObjectBuilder& state(const Value& state);
    ObjectBuilder& append(const Value& item);
    ObjectBuilder& extend(std::span<const Value> items);
    ObjectBuilder& set_item(const Value& key, const Value& value);
    ObjectBuilder& set_items(std::span<const Entry> entries);
    ObjectBuilder& add_items(std::span<const Value> members);
    /// setter(object, state), as the sixth part of what __reduce__ returns.
    ObjectBuilder& call(const Value& setter, const Value& state);

    /// The instance. The builder is then of no more use.
    [[nodiscard]] Value build();

private:
    struct Step {
        Change::Kind kind;
        std::vector<Value> values;
    };
    [[nodiscard]] static pickle::Change make_change(const Step& step, pickle::Cell object,
                                                    pickle::Container& container);
    [[nodiscard]] static pickle::Change make_call(const Step& step, pickle::Cell object,
                                                  pickle::Container& container);

    Form form_;
    Value callable_;
    Value args_;
    std::optional<Value> kwargs_;
    std::vector<Step> steps_;
};

/// callable(*args), as __reduce__ says it. Throws as ObjectBuilder.
[[nodiscard]] Value call(const Value& callable, const Value& args);

}  // namespace parley
