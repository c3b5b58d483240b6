# Compiler settings that every target of the project shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(TIMBERLINE_CCACHE ccache)
if(TIMBERLINE_CCACHE)
    # The precompiled header can only be cached with these two sloppinesses and -fpch-preprocess.
    set(timberline_launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${TIMBERLINE_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${timberline_launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${timberline_launcher})
endif()

add_library(timberline_options INTERFACE)
target_include_directories(timberline_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(timberline_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion>
    # g++ 12 warns falsely inside std::string for "text" + std::string when it optimises (GCC bugs 105329 and 105651).
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fpch-preprocess -Wno-restrict -Wno-stringop-overflow -Wno-maybe-uninitialized -Wno-array-bounds>)
target_compile_definitions(timberline_options INTERFACE TIMBERLINE_VERSION="${PROJECT_VERSION}")
if(TIMBERLINE_SANITIZE)
    target_compile_options(timberline_options INTERFACE -fsanitize=${TIMBERLINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(timberline_options INTERFACE -fsanitize=${TIMBERLINE_SANITIZE})
    # Sanitizers look at memory, not at statistics: tests that draw 100,000 times draw less here.
    target_compile_definitions(timberline_options INTERFACE TIMBERLINE_SANITIZED)
endif()
