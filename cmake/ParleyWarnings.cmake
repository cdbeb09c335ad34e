# The warnings that every target of the project is built with; never forced on consumers.
add_library(parley_warnings INTERFACE)
target_compile_options(parley_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wold-style-cast -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wnull-dereference
    $<$<BOOL:${PARLEY_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside its own standard library once it has inlined enough of it.
    target_compile_options(parley_warnings INTERFACE
        -Wno-null-dereference -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
        -Wno-stringop-overread)
endif()
