// One object of a class on its way into a pickle: a dict, a tuple or an instance of a Python class.
// Part of parley/pickle/output_archive.hpp.
#pragma once

#include <parley/pickle/class_info.hpp>
#include <parley/pickle/encoder.hpp>
#include <parley/pickle/name_table.hpp>
#include <parley/pickle/saved_objects.hpp>
#include <parley/pickle/trail.hpp>
#include <parley/python_class.hpp>

#include <boost/serialization/serialization.hpp>
#include <boost/serialization/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace parley::pickle {

class OutputArchive;

/// How the receiver knows the class of an object that Python has no name for: by its export name or
/// by its number among the classes that the archive was told.
struct ClassMark {
    const char* key = nullptr;
    std::optional<std::uint64_t> number = std::nullopt;
};

/// Opens, fills and closes what stands for the object. The first member decides where the class has
/// no name in Python: with a name it makes a dict, without one a tuple. On the stack, as deep as
/// the objects lie inside each other.
class ObjectWriter : public Trail::Descent {
public:
    ObjectWriter(OutputArchive& archive, std::optional<SavedObjects::Number> identity);
    ObjectWriter(const ObjectWriter&) = delete;
    ObjectWriter& operator=(const ObjectWriter&) = delete;
    ~ObjectWriter();

    void open(const PythonName* python, unsigned version, const ClassMark& mark = {});
    void begin_member(const char* name);
    /// Notes a base's version. False where there is no place for it among the members.
    [[nodiscard]] bool begin_base(const char* name, unsigned version);
    void close();

    template <typename T>
    void save_members(const T& object) {
        // serialize() is one function for both directions and takes no const object.
        boost::serialization::serialize_adl(archive_, const_cast<T&>(object),
                                            boost::serialization::version<T>::value);
    }
    template <typename T>
    [[nodiscard]] bool has_base(const T& part) const {
        return type_ != nullptr && type_->is_base(object_, std::addressof(part));
    }
    [[nodiscard]] std::size_t first_base() const noexcept { return first_base_; }
    [[nodiscard]] const ObjectWriter* outer() const noexcept { return outer_; }
    [[nodiscard]] std::optional<SavedObjects::Number> identity() const noexcept {
        return identity_;
    }
    /// Whether it could be a list: it is a tuple of its own, not the arguments of a Python class.
    [[nodiscard]] bool could_be_list() const noexcept {
        return mode_ == Mode::tuple && python_ == nullptr;
    }

    /// Takes the object for one of its class, or of a base's, for as long as it lives.
    class As {
    public:
        As(ObjectWriter& writer, const ClassInfo& type, const void* object) noexcept
            : writer_(writer), type_(writer.type_), object_(writer.object_) {
            writer.type_ = &type;
            writer.object_ = object;
        }
        As(const As&) = delete;
        As& operator=(const As&) = delete;
        ~As() {
            writer_.type_ = type_;
            writer_.object_ = object_;
        }

    private:
        ObjectWriter& writer_;
        const ClassInfo* type_;
        const void* object_;
    };

private:
    enum class Mode : std::uint8_t { undecided, dict, tuple, list };

    void open_dict();
    void open_tuple();
    void write_name(const char* name);
    void write_repeated_name(NameTable::Number number);
    [[nodiscard]] bool is_in_use(NameTable::Number number) const noexcept;
    void write_position(std::uint64_t position);
    void memoize();

    OutputArchive& archive_;
    Encoder& encoder_;
    ObjectWriter* outer_;
    const ClassInfo* type_ = nullptr;
    const void* object_ = nullptr;
    const PythonName* python_ = nullptr;
    std::optional<SavedObjects::Number> identity_;
    std::uint32_t user_;
    std::uint32_t count_ = 0;
    std::uint32_t bases_ = 0;
    std::size_t first_name_;
    std::size_t first_repeat_;
    std::size_t first_base_;
    bool outer_in_key_;
    Mode mode_ = Mode::undecided;
};

}  // namespace parley::pickle
