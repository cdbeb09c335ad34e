# parley_precompile(<target> <headers>...)
#
# Where PARLEY_PRECOMPILE is on, has the target's headers compiled once instead of in each source.
# The presets of the sanitizers do; a plain build does not, and so finds what a source forgot to
# include.
function(parley_precompile target)
    if(PARLEY_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE ${ARGN})
        # Or else no compiler cache knows such a header again.
        target_compile_options(${target} PRIVATE
            "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>"
            "$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>")
    endif()
endfunction()
