#include "names.hpp"
#include "number.hpp"
#include "unicode.hpp"

#include <parley/pickle/archive.hpp>
#include <parley/pickle/writer.hpp>

// The compiled half of Boost's archives is instantiated once, here.
#include <boost/archive/detail/archive_serializer_map.hpp>
#include <boost/archive/impl/archive_serializer_map.ipp>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

namespace boost::archive::detail {

template class archive_serializer_map<parley::pickle::OutputArchive>;

}  // namespace boost::archive::detail

namespace parley::pickle {

OutputArchive::OutputArchive(Buffer& out, const EncodeOptions& options)
    : Trail(options.max_depth), out_(out), protocol_(options.protocol) {
    if (options.protocol < 2 || options.protocol > highest_protocol) {
        throw_failure({Errc::invalid_argument,
                       "expected a protocol from 2 to 5, got " + std::to_string(options.protocol)});
    }
}

OutputArchive::~OutputArchive() = default;

void OutputArchive::begin() {
    again_ = false;
    in_key_ = false;
    users_ = 0;
    awaited_ = {};
    next_mark_ = nullptr;
    names_.clear();
    objects_.clear();
    globals_.clear();
    encoder_.reset();
    encoder_.emplace(out_, protocol_);
}

void OutputArchive::finish() {
    if (const Result<void> finished = encoder_->finish(); !finished) {
        fail(Errc::not_picklable, finished.error().detail);
    }
}

void OutputArchive::write_unsigned(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) {
        return encoder_->integer(static_cast<std::int64_t>(value));
    }
    std::array<std::byte, sizeof value + 1> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    encoder_->integer(bytes);
}

void OutputArchive::write_bytes(ConstBytes bytes) {
    if (protocol_ >= 3)
        encoder_->bytes(bytes);
    else
        pickle::write(parley::bytes(bytes), *encoder_);
}

void OutputArchive::write_integer(ConstBytes twos_complement) {
    const std::span<const std::byte> bytes = minimal_integer(twos_complement);
    if (bytes.size() <= sizeof(std::int64_t))
        encoder_->integer(small_integer(bytes));
    else
        encoder_->integer(bytes);
}

void OutputArchive::open_set() {
    if (protocol_ < 4) {
        write_global("builtins", in_key_ ? "frozenset" : "set");
        encoder_->opcode(Opcode::EMPTY_LIST);
    } else if (!in_key_) {
        encoder_->opcode(Opcode::EMPTY_SET);
    }
    encoder_->opcode(Opcode::MARK);
}

void OutputArchive::close_set() {
    if (protocol_ >= 4) return encoder_->opcode(in_key_ ? Opcode::FROZENSET : Opcode::ADDITEMS);
    encoder_->opcode(Opcode::APPENDS);
    encoder_->opcode(Opcode::TUPLE1);
    encoder_->opcode(Opcode::REDUCE);
}

void OutputArchive::end_tuple(std::size_t size) {
    constexpr Opcode by_size[] = {Opcode::EMPTY_TUPLE, Opcode::TUPLE1, Opcode::TUPLE2,
                                  Opcode::TUPLE3};
    encoder_->opcode(size < std::size(by_size) ? by_size[size] : Opcode::TUPLE);
}

void OutputArchive::save_binary(const void* address, std::size_t size) {
    save_override(std::span(static_cast<const std::byte*>(address), size));
}

void OutputArchive::note_type(const TypeInfo& type) {
    if (std::find(registered_.begin(), registered_.end(), &type) == registered_.end()) {
        registered_.push_back(&type);
    }
}

void OutputArchive::write_text(std::string_view text) {
    if (!is_utf8(text)) {
        fail(Errc::not_picklable,
             "expected UTF-8 text in a string: for any other bytes use std::vector<std::byte>");
    }
    encoder_->str(text);
}

void OutputArchive::write_global(std::string_view module, std::string_view qualname) {
    const QualifiedName name{module, qualname};
    put_global(protocol_ < 3 ? legacy_name(name) : name);
}

void OutputArchive::write_class(const PythonName& name) {
    put_global({name.module, name.qualname});
}

void OutputArchive::put_global(const QualifiedName& name) {
    const auto known = std::find_if(globals_.begin(), globals_.end(), [&](const KnownGlobal& seen) {
        return seen.qualname == name.name && seen.module == name.module;
    });
    if (known != globals_.end()) return encoder_->get(known->memo);
    if (protocol_ < 4) {
        encoder_->global(name.module, name.name);
    } else {
        encoder_->str(name.module);
        encoder_->str(name.name);
        encoder_->opcode(Opcode::STACK_GLOBAL);
    }
    globals_.push_back({name.module, name.name, encoder_->memoize()});
}

void OutputArchive::write_reference(SavedObjects::Number number) {
    const SavedObject& object = objects_[number];
    if (object.memo) return encoder_->get(*object.memo);
    const ObjectWriter* writer = writer_;
    while (writer != nullptr && writer->identity() != number)
        writer = writer->outer();
    if (writer == nullptr || !writer->could_be_list()) {
        fail(Errc::not_picklable,
             "the object holds itself, which only lists, dicts and instances with attributes can");
    }
    list_classes_.push_back(object.type);
    again_ = true;
    throw WriteAgain{};
}

void OutputArchive::save_derived(const void* object, const TypeInfo* type,
                                 const boost::archive::detail::basic_serializer* serializer,
                                 const std::type_info& cpp_type) {
    if (serializer == nullptr) {
        fail(Errc::not_picklable, "the class " + readable_name(cpp_type) +
                                      " is not known through a pointer to its base: use "
                                      "PARLEY_PYTHON_CLASS or BOOST_CLASS_EXPORT");
    }
    if (const auto known = objects_.find(object, cpp_type)) return write_reference(*known);
    const auto* const pointer_serializer =
        static_cast<const boost::archive::detail::basic_pointer_oserializer*>(serializer);
    const PythonName* const python = find_python_class(*type);
    ClassMark mark;
    if (python == nullptr) {
        mark.key = type->get_key();
        const auto place = std::find(registered_.begin(), registered_.end(), type);
        if (mark.key == nullptr && place != registered_.end()) {
            mark.number = static_cast<std::uint64_t>(place - registered_.begin());
        }
    }
    ObjectWriter writer(*this, objects_.add(object, cpp_type, true));
    const auto version = pointer_serializer->get_basic_serializer().version();
    writer.open(python, version, mark);
    const Part outer = std::exchange(awaited_, {object, &cpp_type});
    pointer_serializer->save_object_ptr(*this, object);
    awaited_ = outer;
    writer.close();
}

void OutputArchive::fail_pointer_conflict() {
    fail(Errc::not_picklable,
         "a pointer to the object was sent before the object itself: send the object first");
}

}  // namespace parley::pickle
