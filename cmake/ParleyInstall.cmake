# parley::parley over the components, and what `cmake --install` and find_package(parley) see.
#
# Static: an interface over the components' archives. With BUILD_SHARED_LIBS: one libparley.so made
# of them all, and parley::<component> are but other names for it.
include(CheckCXXSourceCompiles)
include(CMakePackageConfigHelpers)
include(CMakePushCheckState)

# Before 1.0 a minor version may break, and so it is in the soname: libparley.so.0.1. From 1.0 on
# the major version alone is.
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(PARLEY_SOVERSION "0.${PROJECT_VERSION_MINOR}")
    set(PARLEY_COMPATIBILITY SameMinorVersion)
else()
    set(PARLEY_SOVERSION "${PROJECT_VERSION_MAJOR}")
    set(PARLEY_COMPATIBILITY SameMajorVersion)
endif()

# Gives parley a component's objects and public headers, and makes what is installed as parley::<name>.
function(parley_join component)
    get_target_property(folder ${component} SOURCE_DIR)
    get_target_property(headers ${component} HEADER_SET)
    target_sources(parley
        PRIVATE $<TARGET_OBJECTS:${component}>
        PUBLIC FILE_SET HEADERS BASE_DIRS "${folder}/include" FILES ${headers})
    get_target_property(name ${component} EXPORT_NAME)
    add_library(parley_joined_${name} INTERFACE)
    target_link_libraries(parley_joined_${name} INTERFACE parley)
    set_target_properties(parley_joined_${name} PROPERTIES EXPORT_NAME ${name})
    if(NOT TARGET parley::${name})
        add_library(parley::${name} ALIAS parley_joined_${name})
    endif()
    install(TARGETS parley_joined_${name} EXPORT parleyTargets)
endfunction()

set(PARLEY_PC_CFLAGS "-DBOOST_ASIO_NO_DEPRECATED -pthread")
if(BUILD_SHARED_LIBS)
    add_library(parley SHARED)
    target_compile_features(parley PUBLIC cxx_std_20)
    target_compile_definitions(parley PUBLIC BOOST_ASIO_NO_DEPRECATED)
    target_link_libraries(parley
        PRIVATE OpenSSL::Crypto
        PUBLIC Boost::headers Boost::serialization Threads::Threads)
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        target_link_options(parley PRIVATE LINKER:--gc-sections)
    endif()
    # A twentieth of the file, for what the loader of glibc reads packed from 2.36 on.
    cmake_push_check_state()
    list(APPEND CMAKE_REQUIRED_LINK_OPTIONS LINKER:-z,pack-relative-relocs)
    check_cxx_source_compiles([[
        #include <features.h>
        #if !__GLIBC_PREREQ(2, 36)
        #error
        #endif
        int main() {}]] PARLEY_PACKS_RELOCATIONS FAIL_REGEX "ignored")
    cmake_pop_check_state()
    if(PARLEY_PACKS_RELOCATIONS)
        target_link_options(parley PRIVATE LINKER:-z,pack-relative-relocs)
    endif()
    set_target_properties(parley PROPERTIES
        LINKER_LANGUAGE CXX
        VERSION "${PROJECT_VERSION}"
        SOVERSION "${PARLEY_SOVERSION}")
    foreach(component IN LISTS PARLEY_COMPONENTS)
        parley_join(${component})
    endforeach()
    install(TARGETS parley EXPORT parleyTargets FILE_SET HEADERS COMPONENT development
        LIBRARY COMPONENT library NAMELINK_COMPONENT development)
    set(PARLEY_PC_LIBS "-lparley")
else()
    add_library(parley INTERFACE)
    target_link_libraries(parley INTERFACE ${PARLEY_COMPONENTS})
    install(TARGETS parley ${PARLEY_COMPONENTS} EXPORT parleyTargets
        ARCHIVE COMPONENT development FILE_SET HEADERS COMPONENT development)
    # pkg-config wants the libraries from the highest floor down.
    set(PARLEY_PC_LIBS "${PARLEY_COMPONENTS}")
    list(REVERSE PARLEY_PC_LIBS)
    list(TRANSFORM PARLEY_PC_LIBS PREPEND "-l")
    list(JOIN PARLEY_PC_LIBS " " PARLEY_PC_LIBS)
    set(PARLEY_PC_REQUIRES "libcrypto >= 3.0")
endif()
add_library(parley::parley ALIAS parley)

set(PARLEY_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/parley")
install(EXPORT parleyTargets NAMESPACE parley:: DESTINATION "${PARLEY_CMAKE_DIR}"
    COMPONENT development)
configure_package_config_file(cmake/parleyConfig.cmake.in parleyConfig.cmake
    INSTALL_DESTINATION "${PARLEY_CMAKE_DIR}")
write_basic_package_version_file(parleyConfigVersion.cmake COMPATIBILITY ${PARLEY_COMPATIBILITY})
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/parleyConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/parleyConfigVersion.cmake"
        DESTINATION "${PARLEY_CMAKE_DIR}" COMPONENT development)

# Both find the library relative to themselves, so that an installed tree can be moved.
file(RELATIVE_PATH PARLEY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/parley.pc.in parley.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/parley.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)
