# parley::parley over the components, and what `cmake --install` and find_package(parley) see.
include(CMakePackageConfigHelpers)

add_library(parley INTERFACE)
add_library(parley::parley ALIAS parley)
target_link_libraries(parley INTERFACE ${PARLEY_COMPONENTS})

install(TARGETS parley ${PARLEY_COMPONENTS} EXPORT parleyTargets FILE_SET HEADERS)
install(EXPORT parleyTargets NAMESPACE parley::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parley)
configure_package_config_file(cmake/parleyConfig.cmake.in parleyConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parley)
write_basic_package_version_file(parleyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/parleyConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/parleyConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parley)

# pkg-config wants the libraries from the highest floor down, and finds them relative to itself.
set(PARLEY_PC_LIBS "${PARLEY_COMPONENTS}")
list(REVERSE PARLEY_PC_LIBS)
list(TRANSFORM PARLEY_PC_LIBS PREPEND "-l")
list(JOIN PARLEY_PC_LIBS " " PARLEY_PC_LIBS)
file(RELATIVE_PATH PARLEY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/parley.pc.in parley.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/parley.pc"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
