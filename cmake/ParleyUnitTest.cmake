# parley_unit_test(<name> SOURCES <sources> DEPENDS <targets> [PRECOMPILE <headers>])
#
# Makes the test program unit_<name> out of Catch2 test cases; CTest knows each of them by name.
if(NOT TARGET parley_catch_main)
    add_library(parley_catch_main OBJECT "${PROJECT_SOURCE_DIR}/tests/support/catch_main.cpp")
    target_link_libraries(parley_catch_main PUBLIC Catch2::Catch2)
    target_compile_features(parley_catch_main PUBLIC cxx_std_20)
    target_include_directories(parley_catch_main INTERFACE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}")
endif()

function(parley_unit_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRECOMPILE")
    add_executable(unit_${name} ${arg_SOURCES})
    target_link_libraries(unit_${name} PRIVATE parley_catch_main parley_warnings ${arg_DEPENDS})
    parley_precompile(unit_${name} "${PROJECT_SOURCE_DIR}/tests/support/catch.hpp" ${arg_PRECOMPILE})
    target_compile_definitions(unit_${name} PRIVATE
        PARLEY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    math(EXPR timeout "60 * ${PARLEY_TEST_PATIENCE}")
    catch_discover_tests(unit_${name} TEST_PREFIX "unit/${name}: "
        PROPERTIES LABELS unit TIMEOUT ${timeout})
    set_property(GLOBAL APPEND PROPERTY PARLEY_UNIT_TESTS unit_${name})
endfunction()
