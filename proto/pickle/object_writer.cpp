#include <parley/pickle/archive.hpp>
#include <parley/pickle/object_writer.hpp>

#include <algorithm>
#include <string>

namespace parley::pickle {

ObjectWriter::ObjectWriter(OutputArchive& archive, std::optional<SavedObjects::Number> identity)
    : Descent(archive),
      archive_(archive),
      encoder_(archive.encoder()),
      outer_(archive.writer_),
      identity_(identity),
      user_(++archive.users_),
      first_name_(archive.names_in_use_.size()),
      first_repeat_(archive.repeats_.size()),
      first_base_(archive.bases_.size()),
      outer_in_key_(std::exchange(archive.in_key_, false)) {
    archive.writer_ = this;
}

ObjectWriter::~ObjectWriter() {
    archive_.names_in_use_.resize(first_name_);
    archive_.repeats_.resize(first_repeat_);
    archive_.bases_.resize(first_base_);
    archive_.in_key_ = outer_in_key_;
    archive_.writer_ = outer_;
}

void ObjectWriter::open(const PythonName* python, unsigned version, const ClassMark& mark) {
    python_ = python;
    if (python == nullptr) {
        if (version == 0 && mark.key == nullptr && !mark.number) return;
        open_dict();
        if (mark.key != nullptr || mark.number) write_name("__class__");
        if (mark.key != nullptr) archive_.write_text(mark.key);
        if (mark.number) write_position(*mark.number);
    } else {
        archive_.write_class(*python);
        if (python->form == PythonForm::namedtuple || python->form == PythonForm::call) {
            encoder_.opcode(Opcode::MARK);
            mode_ = Mode::tuple;
            return;
        }
        encoder_.opcode(Opcode::EMPTY_TUPLE);
        encoder_.opcode(Opcode::NEWOBJ);
        memoize();
        if (python->form == PythonForm::slots) encoder_.opcode(Opcode::NONE);
        encoder_.opcode(Opcode::EMPTY_DICT);
        encoder_.opcode(Opcode::MARK);
        mode_ = Mode::dict;
    }
    if (version == 0) return;
    write_name("__version__");
    write_position(version);
}

void ObjectWriter::open_dict() {
    mode_ = Mode::dict;
    encoder_.opcode(Opcode::EMPTY_DICT);
    memoize();
    encoder_.opcode(Opcode::MARK);
}

void ObjectWriter::open_tuple() {
    const auto& lists = archive_.list_classes_;
    const bool is_list =
        identity_ && std::any_of(lists.begin(), lists.end(), [&](const std::type_info* type) {
            return *type == *archive_.objects_[*identity_].type;
        });
    mode_ = is_list ? Mode::list : Mode::tuple;
    if (is_list) {
        encoder_.opcode(Opcode::EMPTY_LIST);
        memoize();
    }
    encoder_.opcode(Opcode::MARK);
}

void ObjectWriter::begin_member(const char* name) {
    at_member(name, count_);
    if (mode_ == Mode::undecided) name != nullptr ? open_dict() : open_tuple();
    if (mode_ == Mode::dict) {
        if (name != nullptr) {
            write_name(name);
        } else if (python_ != nullptr) {
            archive_.fail(Errc::not_picklable,
                          "an attribute of a Python class needs a name: use make_nvp");
        } else {
            write_position(count_);
        }
    }
    ++count_;
}

bool ObjectWriter::begin_base(const char* name, unsigned version) {
    ++bases_;
    const bool has_place_of_own = mode_ == Mode::tuple || mode_ == Mode::list;
    if (has_place_of_own) return python_ != nullptr;
    if (mode_ == Mode::undecided) open_dict();
    const std::string key =
        "__version__." + (name != nullptr ? std::string(name) : std::to_string(bases_));
    write_name(key.c_str());
    write_position(version);
    return true;
}

void ObjectWriter::write_name(const char* name) {
    const NameTable::Number number = archive_.names_.find(name);
    std::uint32_t& last_user = archive_.names_.last_user(number);
    // A later user is an object inside of this one, and may hide that this one used it as well.
    if (last_user == user_ || (last_user > user_ && is_in_use(number))) {
        return write_repeated_name(number);
    }
    last_user = user_;
    archive_.names_in_use_.push_back(number);
    archive_.names_.write(encoder_, number);
}

bool ObjectWriter::is_in_use(NameTable::Number number) const noexcept {
    const auto begin = archive_.names_in_use_.begin() + static_cast<std::ptrdiff_t>(first_name_);
    return std::find(begin, archive_.names_in_use_.end(), number) != archive_.names_in_use_.end();
}

void ObjectWriter::write_repeated_name(NameTable::Number number) {
    auto& repeats = archive_.repeats_;
    const auto begin = repeats.begin() + static_cast<std::ptrdiff_t>(first_repeat_);
    auto repeat =
        std::find_if(begin, repeats.end(), [&](const auto& known) { return known.name == number; });
    if (repeat == repeats.end()) repeat = repeats.insert(repeats.end(), {number, 1});
    ++repeat->count;
    std::string name(archive_.names_.text(number));
    encoder_.str(name += '#' + std::to_string(repeat->count));
}

void ObjectWriter::write_position(std::uint64_t position) {
    encoder_.integer(static_cast<std::int64_t>(position));
}

void ObjectWriter::memoize() {
    if (identity_) archive_.objects_[*identity_].memo = encoder_.memoize();
}

void ObjectWriter::close() {
    leave_member();
    switch (mode_) {
        case Mode::undecided:
            encoder_.opcode(Opcode::EMPTY_DICT);
            memoize();
            return;
        case Mode::dict:
            encoder_.opcode(Opcode::SETITEMS);
            if (python_ == nullptr) return;
            if (python_->form == PythonForm::slots) encoder_.opcode(Opcode::TUPLE2);
            encoder_.opcode(Opcode::BUILD);
            return;
        case Mode::list:
            encoder_.opcode(Opcode::APPENDS);
            return;
        case Mode::tuple:
            encoder_.opcode(Opcode::TUPLE);
            if (python_ != nullptr) {
                const bool is_call = python_->form == PythonForm::call;
                encoder_.opcode(is_call ? Opcode::REDUCE : Opcode::NEWOBJ);
            }
            memoize();
            return;
    }
}

}  // namespace parley::pickle
