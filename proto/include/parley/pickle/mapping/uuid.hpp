// boost::uuids::uuid: uuid.UUID.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>
#include <parley/uuid.hpp>

#include <string_view>

namespace parley::pickle {

template <>
struct Mapping<boost::uuids::uuid> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "uuid.UUID"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return cell.tag() == Tag::object && archive.is_class(*cell.object(), name) ? Fit::exact
                                                                                   : Fit::none;
    }
    static void save(OutputArchive& archive, const boost::uuids::uuid& id);
    static void load(InputArchive& archive, const Cell& cell, boost::uuids::uuid& id) {
        const Result<Uuid> read = Uuid::from_value(archive.value(cell));
        if (!read) archive.fail_type(expected(), cell);
        id = read->id;
    }

private:
    static constexpr PythonName name{"uuid", "UUID"};
};

}  // namespace parley::pickle
