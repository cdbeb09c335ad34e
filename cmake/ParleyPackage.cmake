# Debian packages by CPack: the library, what one builds against, and the program. scripts/package
# makes them out of a build with BUILD_SHARED_LIBS.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME parley)
set(PARLEY_MAINTAINER "The parley developers <parley@packages.invalid>" CACHE STRING
    "Who answers for the Debian packages: NAME <MAIL>")
set(CPACK_PACKAGE_CONTACT "${PARLEY_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL library development program)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)

set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")
set(about "parley lets C++ and Python programs exchange whole messages, objects or
bytes, over TCP and Unix sockets, each side having proven that it has the
key. The Python side is multiprocessing.connection of the standard library,
unchanged.")

set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "${PROJECT_DESCRIPTION}: the library\n${about}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME "libparley${PARLEY_SOVERSION}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/cmake/triggers")

set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${PROJECT_DESCRIPTION}: development files\n${about}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libparley-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
string(CONCAT CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME} (= ${version}), "
    "libboost1.81-dev | libboost-dev (>= 1.81), "
    "libboost-serialization1.81-dev | libboost-serialization-dev (>= 1.81)")

set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "${PROJECT_DESCRIPTION}: the program\n${about}")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME parley)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS python3)
set(CPACK_COMPONENT_PROGRAM_DEPENDS library)

# Each package says under which license it comes and what has changed.
string(TIMESTAMP PARLEY_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(cmake/changelog.Debian.in changelog.Debian @ONLY)
foreach(part IN ITEMS LIBRARY DEVELOPMENT PROGRAM)
    string(TOLOWER ${part} component)
    set(folder "${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${part}_PACKAGE_NAME}")
    install(FILES LICENSE RENAME copyright DESTINATION "${folder}"
        COMPONENT ${component} EXCLUDE_FROM_ALL)
    install(FILES CHANGELOG.md RENAME changelog DESTINATION "${folder}"
        COMPONENT ${component} EXCLUDE_FROM_ALL)
    install(FILES "${PROJECT_BINARY_DIR}/changelog.Debian" DESTINATION "${folder}"
        COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libparley-dev"
    COMPONENT development EXCLUDE_FROM_ALL PATTERN systemd EXCLUDE)
install(DIRECTORY examples/systemd DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/parley/examples"
    COMPONENT program EXCLUDE_FROM_ALL)

# Debian wants manual pages and changelogs compressed.
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/compress.cmake")

include(CPack)
