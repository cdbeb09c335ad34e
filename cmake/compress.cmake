# Run by CPack over what goes into the packages.
file(GLOB files "${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/man*/*"
    "${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*/changelog*")
list(FILTER files EXCLUDE REGEX "\\.gz$")
execute_process(COMMAND gzip --best --no-name ${files} COMMAND_ERROR_IS_FATAL ANY)
