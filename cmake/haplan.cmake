# One function per kind of target, so that every folder is declared the same way.

find_program(HAPLAN_CCACHE ccache)
if(HAPLAN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HAPLAN_CCACHE})
endif()

find_package(tl-expected REQUIRED)

add_library(haplan_flags INTERFACE)
target_compile_options(haplan_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wnon-virtual-dtor
                       -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       $<$<BOOL:${HAPLAN_WERROR}>:-Werror>)

# haplan_library(<folder> SOURCES ... [DEPENDS <folder> ...] [PRIVATE <target> ...])
# Declares haplan_<folder with _ for /> with alias haplan::<...>. DEPENDS are folders of haplan (the layering is
# enforced by linking); PRIVATE are third-party targets that must not show in headers.
function(haplan_library folder)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  list(TRANSFORM arg_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
  add_library(haplan_${name} STATIC ${arg_SOURCES})
  add_library(haplan::${name} ALIAS haplan_${name})
  target_include_directories(haplan_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(haplan_${name} PUBLIC tl::expected PRIVATE haplan_flags ${arg_PRIVATE})
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency_name ${dependency})
    target_link_libraries(haplan_${name} PUBLIC haplan_${dependency_name})
  endforeach()
endfunction()

# haplan_test(<name> SOURCES ... LINKS <target> ... [LABELS ...])
# A doctest executable; every test case becomes a ctest entry.
function(haplan_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE haplan_flags doctest::doctest ${arg_LINKS})
  doctest_discover_tests(${name} PROPERTIES LABELS "${arg_LABELS}")
endfunction()
