# One function per kind of target, so that every folder is declared the same way.

find_program(HAPLAN_CCACHE ccache)
if(HAPLAN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HAPLAN_CCACHE})
endif()

find_package(tl-expected REQUIRED)

# yaml-cpp has had a namespaced target only since 0.8; haplan always links yaml-cpp::yaml-cpp.
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()

add_library(haplan_flags INTERFACE)
target_compile_options(haplan_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-missing-field-initializers -Wnon-virtual-dtor
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       $<$<BOOL:${HAPLAN_WERROR}>:-Werror>)

# haplan_library(<folder> SOURCES ... [DEPENDS <folder> ...] [PRIVATE <target> ...])
# Declares haplan_<folder with _ for /> with alias haplan::<...>. DEPENDS are folders of haplan (the layering is
# enforced by linking); PRIVATE are third-party targets that must not show in headers. The headers of the folder
# are its public file set; the dev preset compiles each of them alone.
function(haplan_library folder)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  list(TRANSFORM arg_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
  add_library(haplan_${name} STATIC ${arg_SOURCES})
  add_library(haplan::${name} ALIAS haplan_${name})
  target_include_directories(haplan_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(haplan_${name} PUBLIC tl::expected PRIVATE haplan_flags ${arg_PRIVATE})
  # The Python extension links the same objects as the executable, so that both compute the same bits.
  set_target_properties(haplan_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency_name ${dependency})
    target_link_libraries(haplan_${name} PUBLIC haplan_${dependency_name})
  endforeach()
  if(CMAKE_VERIFY_INTERFACE_HEADER_SETS)  # found by looking, so that no header can be left out of the check
    file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.hpp)
    target_sources(haplan_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                   FILES ${headers})
  endif()
endfunction()

# haplan_test(<name> SOURCES ... LINKS <target> ... [LABELS ...])
# A doctest executable; every test case becomes the ctest entry <name>/<test case>.
function(haplan_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
  target_link_libraries(${name} PRIVATE haplan_flags doctest::doctest ${arg_LINKS})
  # A name that selects no test case (doctest reads * and unbalanced brackets its own way) must not pass.
  set(properties TIMEOUT 900 FAIL_REGULAR_EXPRESSION "test cases: +0 ")
  if(arg_LABELS)
    string(REPLACE ";" "\;" labels "${arg_LABELS}")
    list(APPEND properties LABELS "${labels}")
  endif()
  doctest_discover_tests(${name} TEST_PREFIX "${name}/" EXTRA_ARGS --no-skip=true
                         PROPERTIES ${properties})
endfunction()

# haplan_python_test(<name> SCRIPT <file> [ARGS ...] [LABELS ...])
# A Python program that passes by exiting with 0.
function(haplan_python_test name)
  cmake_parse_arguments(arg "" "SCRIPT" "ARGS;LABELS" ${ARGN})
  add_test(NAME ${name} COMMAND Python::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT}
           ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS "${arg_LABELS}")
endfunction()

# haplan_bench(<name> SOURCES ... LINKS <target> ...)
# A Google Benchmark executable, built by the target `benchmarks` only; the name ends in _bench.
function(haplan_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE haplan_flags benchmark::benchmark_main ${arg_LINKS})
  add_dependencies(benchmarks ${name})
endfunction()

# haplan_fuzz(<name> SOURCES ... LINKS <target> ... CORPUS <folder>)
# A libFuzzer target under the fuzz preset (target `fuzzers`). Elsewhere the same function is run once on every
# file of the corpus, as a ctest entry, so that what was found once stays mended.
function(haplan_fuzz name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE haplan_flags ${arg_LINKS})
  add_dependencies(fuzzers ${name})
  if(CMAKE_CXX_FLAGS MATCHES "fuzzer-no-link")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME ${name}/corpus COMMAND ${name} ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CORPUS})
  endif()
endfunction()
