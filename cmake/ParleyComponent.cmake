# parley_component(<name> HEADERS <public headers> SOURCES <sources> DEPENDS <targets below>)
#
# Makes the library parley_<name>, known as parley::<name>. Its public headers stand in
# <folder>/include/ and are the only ones other components can see, so a component can include
# nothing but itself and what it names in DEPENDS.
set(PARLEY_COMPONENTS "" CACHE INTERNAL "the components made so far")

function(parley_component name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS")
    set(target parley_${name})
    add_library(${target} STATIC)
    add_library(parley::${name} ALIAS ${target})
    target_sources(${target}
        PRIVATE ${arg_SOURCES}
        PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_compile_definitions(${target} PUBLIC BOOST_ASIO_NO_DEPRECATED)
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS}
        PRIVATE $<BUILD_INTERFACE:parley_warnings> ${arg_PRIVATE_DEPENDS})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        POSITION_INDEPENDENT_CODE ON
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        CXX_EXTENSIONS OFF
        VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
    set(PARLEY_COMPONENTS ${PARLEY_COMPONENTS} ${target} CACHE INTERNAL "")
endfunction()
