# Writes a C++ source that holds text files: cmake -DOUT=... -DFUNCTION=... -DFILES=a;b -P embed.cmake
# The texts go in as arrays of bytes, so that nothing of their content has to be quoted.
set(arrays "")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(stem ${file} NAME_WE)
  string(MAKE_C_IDENTIFIER ${stem} id)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "const unsigned char k_${id}[] = {${bytes}};\n")
  string(APPEND rows "      {\"${stem}\", text(k_${id}, sizeof k_${id})},\n")
endforeach()
file(WRITE ${OUT}.new "#include <cstddef>
#include <map>
#include <string>

namespace haplan::planner {
namespace {
${arrays}
std::string text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}
}  // namespace

const std::map<std::string, std::string>& ${FUNCTION}() {
  static const std::map<std::string, std::string> kTexts = {
${rows}  };
  return kTexts;
}

}  // namespace haplan::planner
")
file(RENAME ${OUT}.new ${OUT})
