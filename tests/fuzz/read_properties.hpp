#pragma once

#include <string>

namespace haplan::test {

/// Reads a text of bytes as a spec and checks what must hold of every reading; nothing when it
/// holds, else what does not. Pieces of the text behind a byte 0xFF, which no spec has, are further
/// layers; one that begins with "set:" is a setting of the command line, with "scenario:" the
/// scenario asked for.
std::string broken_property(const std::string& bytes);

}  // namespace haplan::test
