# parley_fuzzer(<noun> DEPENDS <targets>)
#
# Makes out of <noun>_fuzz.cpp, which defines LLVMFuzzerTestOneInput:
#   replay_<noun>  runs every file of corpus/<noun>/ once, under any compiler
#   fuzz_<noun>    the fuzzer itself, instead, where PARLEY_BUILD_FUZZERS is on; scripts/fuzz runs it
# CTest knows either as fuzz/<noun>, and has it go through the corpus.
function(parley_fuzzer noun)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS")
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${noun}_fuzz.cpp")

    set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${noun}")
    if(PARLEY_BUILD_FUZZERS)
        add_executable(fuzz_${noun} "${source}")
        parley_fuzzer_settings(fuzz_${noun} ${arg_DEPENDS})
        target_compile_options(fuzz_${noun} PRIVATE -fsanitize=fuzzer-no-link)
        target_link_options(fuzz_${noun} PRIVATE -fsanitize=fuzzer)
        add_test(NAME fuzz/${noun} COMMAND fuzz_${noun} -runs=0 "${corpus}")
    else()
        add_executable(replay_${noun} "${source}" "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp")
        parley_fuzzer_settings(replay_${noun} ${arg_DEPENDS})
        add_test(NAME fuzz/${noun} COMMAND replay_${noun} "${corpus}")
    endif()
    set_tests_properties(fuzz/${noun} PROPERTIES LABELS fuzz TIMEOUT 120)
endfunction()

function(parley_fuzzer_settings target)
    set_property(GLOBAL APPEND PROPERTY PARLEY_FUZZERS ${target})
    target_link_libraries(${target} PRIVATE parley_warnings ${ARGN})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tests")
    target_compile_features(${target} PRIVATE cxx_std_20)
endfunction()
