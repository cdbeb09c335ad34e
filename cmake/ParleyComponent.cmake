# parley_component(<name> [COMPACT] HEADERS <public headers> SOURCES <sources> DEPENDS <targets below>)
#
# Makes the library parley_<name>, known as parley::<name>. Its public headers stand in
# <folder>/include/ and are the only ones other components can see, so a component can include
# nothing but itself and what it names in DEPENDS.
#
# A component is a static library always. With BUILD_SHARED_LIBS libparley.so is made of them
# (ParleyInstall.cmake), and only our own tests, which look behind the public headers, know them.
#
# COMPACT is for what GCC 12 makes a fifth larger and no faster at -O3: what is built with that, as a
# Release build is unless told otherwise, has it at -O2.
set(PARLEY_COMPONENTS "" CACHE INTERNAL "the components made so far")

function(parley_component name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "COMPACT" "" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS")
    set(target parley_${name})
    add_library(${target} STATIC)
    if(PROJECT_IS_TOP_LEVEL OR NOT BUILD_SHARED_LIBS)
        add_library(parley::${name} ALIAS ${target})
    endif()
    list(TRANSFORM arg_DEPENDS REPLACE "^parley::" "parley_")
    target_sources(${target}
        PRIVATE ${arg_SOURCES}
        PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_compile_definitions(${target} PUBLIC BOOST_ASIO_NO_DEPRECATED)
    if(arg_COMPACT AND CMAKE_CXX_FLAGS_RELEASE MATCHES "-O3")
        target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-O2>")
    endif()
    if(BUILD_SHARED_LIBS AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
        # What nobody calls once all is inlined is left out of libparley.so.
        target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
    endif()
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS}
        PRIVATE $<BUILD_INTERFACE:parley_warnings> ${arg_PRIVATE_DEPENDS})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        POSITION_INDEPENDENT_CODE ON
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        CXX_EXTENSIONS OFF
        VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
    if(BUILD_SHARED_LIBS)
        parley_export(${target} ${arg_HEADERS})
    endif()
    set(PARLEY_COMPONENTS ${PARLEY_COMPONENTS} ${target} CACHE INTERNAL "")
endfunction()

# What a shared libparley exports is what the public headers declare, types and their typeinfo
# included, so that exceptions cross from it to the program; everything else is hidden. Every source
# therefore begins with those headers, while the visibility is `default`. What they and those of the
# floors below include comes first, and keeps its own.
function(parley_export target)
    get_property(others GLOBAL PROPERTY PARLEY_OTHERS_HEADERS)
    set(ours "")
    foreach(header IN LISTS ARGN)
        file(STRINGS "${header}" lines REGEX "^#include <")
        list(FILTER lines EXCLUDE REGEX "<parley/")
        list(APPEND others ${lines})
        string(REGEX REPLACE "^include/(.*)" "#include <\\1>" line "${header}")
        list(APPEND ours "${line}")
    endforeach()
    list(REMOVE_DUPLICATES others)
    set_property(GLOBAL PROPERTY PARLEY_OTHERS_HEADERS "${others}")
    list(JOIN others "\n" others)
    list(JOIN ours "\n" ours)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
    file(CONFIGURE OUTPUT ${target}_exports.hpp @ONLY CONTENT
"#pragma once
@others@
#pragma GCC visibility push(default)
@ours@
#pragma GCC visibility pop
")
    target_precompile_headers(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/${target}_exports.hpp")
    # GCC knows a header again, for #pragma once, by its time. A precompiled one out of a compiler
    # cache has the times of the tree that it was made in.
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
endfunction()
