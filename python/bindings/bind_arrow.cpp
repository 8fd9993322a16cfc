#include <cstdint>
#include <cstring>
#include <limits>
#include <pybind11/stl.h>

#include "python/bindings/bindings.hpp"

// The two structs and their meaning are those of the Arrow C data and stream interfaces, which ask for
// exactly this layout: https://arrow.apache.org/docs/format/CDataInterface.html
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace haplan::python {

namespace py = pybind11;

namespace {

constexpr int64_t kNullable = 2;

/// One column in the memory that Arrow describes.
struct Column {
  std::string name;
  std::string format;
  int64_t length = 0;
  int64_t nulls = 0;
  std::vector<uint8_t> valid;     ///< bits
  std::vector<uint8_t> bits;      ///< of bool
  std::vector<double> floats;     ///< of float
  std::vector<int64_t> integers;  ///< of int
  std::vector<int32_t> offsets;   ///< of str
  std::string bytes;              ///< of str
};

using Columns = std::vector<Column>;

void set_bit(std::vector<uint8_t>& bits, std::size_t at) {
  bits[at / 8] = static_cast<uint8_t>(bits[at / 8] | (1U << (at % 8)));
}

void put(Column& column, const std::string& kind, std::size_t row, const py::handle& cell) {
  const bool null = cell.is_none();
  if (null)
    ++column.nulls;
  else
    set_bit(column.valid, row);
  if (kind == "float") column.floats.push_back(null ? 0.0 : cell.cast<double>());
  if (kind == "int") column.integers.push_back(null ? 0 : cell.cast<int64_t>());
  if (kind == "bool" && !null && cell.cast<bool>()) set_bit(column.bits, row);
  if (kind == "str") {
    if (!null) column.bytes += cell.cast<std::string>();
    if (column.bytes.size() > static_cast<std::size_t>(std::numeric_limits<int32_t>::max()))
      throw py::value_error("a column of texts has more than 2 GiB");
    column.offsets.push_back(static_cast<int32_t>(column.bytes.size()));
  }
}

Column column_of(const std::string& name, const std::string& kind, const py::list& cells) {
  Column column;
  column.name = name;
  column.length = static_cast<int64_t>(cells.size());
  column.valid.assign((cells.size() + 7) / 8, 0);
  if (kind == "float") column.format = "g";
  if (kind == "int") column.format = "l";
  if (kind == "bool") {
    column.format = "b";
    column.bits.assign((cells.size() + 7) / 8, 0);
  }
  if (kind == "str") {
    column.format = "u";
    column.offsets.push_back(0);
  }
  if (column.format.empty()) throw py::value_error("no kind of column: " + kind);
  std::size_t row = 0;
  for (const py::handle cell : cells) put(column, kind, row++, cell);
  return column;
}

/// What a schema or an array points to.
template <class Node>
struct Owned {
  Column column;
  std::vector<const void*> buffers;
  std::vector<Node> nodes;
  std::vector<Node*> children;
};

template <class Node>
void release(Node* node) {
  for (int64_t i = 0; i < node->n_children; ++i)
    if (node->children[i]->release) node->children[i]->release(node->children[i]);
  delete static_cast<Owned<Node>*>(node->private_data);
  node->release = nullptr;
}

template <class Node>
Owned<Node>* own(Node& node) {
  node = Node{};
  auto* owned = new Owned<Node>;  // deleted by release, as the interface asks
  node.private_data = owned;
  node.release = &release<Node>;
  return owned;
}

template <class Node>
void adopt(Node& parent, Owned<Node>& owned) {
  for (Node& child : owned.nodes) owned.children.push_back(&child);
  parent.n_children = static_cast<int64_t>(owned.children.size());
  parent.children = owned.children.data();
}

void describe(const Columns& columns, ArrowSchema& schema) {
  Owned<ArrowSchema>* root = own(schema);
  schema.format = "+s";
  schema.name = "";
  root->nodes.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ArrowSchema& child = root->nodes[i];
    Owned<ArrowSchema>* owned = own(child);
    owned->column.name = columns[i].name;
    owned->column.format = columns[i].format;
    child.format = owned->column.format.c_str();
    child.name = owned->column.name.c_str();
    child.flags = kNullable;
  }
  adopt(schema, *root);
}

void expose(Column column, ArrowArray& array) {
  Owned<ArrowArray>* owned = own(array);
  owned->column = std::move(column);
  const Column& kept = owned->column;
  owned->buffers.push_back(kept.nulls > 0 ? kept.valid.data() : nullptr);
  if (kept.format == "g") owned->buffers.push_back(kept.floats.data());
  if (kept.format == "l") owned->buffers.push_back(kept.integers.data());
  if (kept.format == "b") owned->buffers.push_back(kept.bits.data());
  if (kept.format == "u") {
    owned->buffers.push_back(kept.offsets.data());
    owned->buffers.push_back(kept.bytes.data());
  }
  array.length = kept.length;
  array.null_count = kept.nulls;
  array.n_buffers = static_cast<int64_t>(owned->buffers.size());
  array.buffers = owned->buffers.data();
}

void expose(const Columns& columns, ArrowArray& array) {
  Owned<ArrowArray>* root = own(array);
  root->buffers.push_back(nullptr);
  root->nodes.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) expose(columns[i], root->nodes[i]);
  array.length = columns.empty() ? 0 : columns.front().length;
  array.n_buffers = 1;
  array.buffers = root->buffers.data();
  adopt(array, *root);
}

/// A table that is handed over once.
struct Handing {
  Columns columns;
  bool done = false;
};

Handing& handing(ArrowArrayStream* stream) { return *static_cast<Handing*>(stream->private_data); }

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  describe(handing(stream).columns, *out);
  return 0;
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  Handing& table = handing(stream);
  if (table.done)
    *out = ArrowArray{};  // the end: released from the start
  else
    expose(table.columns, *out);
  table.done = true;
  return 0;
}

const char* get_last_error(ArrowArrayStream*) { return nullptr; }

void release_stream(ArrowArrayStream* stream) {
  delete static_cast<Handing*>(stream->private_data);
  stream->release = nullptr;
}

void delete_capsule(PyObject* capsule) {
  auto* stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
  if (!stream) return;
  if (stream->release) stream->release(stream);
  delete stream;
}

py::object arrow_stream(const std::vector<std::string>& names,
                        const std::vector<std::string>& kinds, const std::vector<py::list>& cells) {
  if (names.size() != kinds.size() || names.size() != cells.size())
    throw py::value_error("one name, one kind and one list per column");
  auto table = std::make_unique<Handing>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    table->columns.push_back(column_of(names[i], kinds[i], cells[i]));
    if (table->columns.back().length != table->columns.front().length)
      throw py::value_error("columns of different length");
  }
  auto stream = std::make_unique<ArrowArrayStream>();
  *stream = {get_schema, get_next, get_last_error, release_stream, table.release()};
  PyObject* capsule = PyCapsule_New(stream.release(), "arrow_array_stream", delete_capsule);
  if (!capsule) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(capsule);
}

}  // namespace

void bind_arrow(py::module_& module) {
  module.def(
      "arrow_stream", &arrow_stream, py::arg("names"), py::arg("kinds"), py::arg("cells"),
      "Columns (of float, int, bool or str; None is null) as a capsule of the Arrow C stream "
      "protocol.");
}

}  // namespace haplan::python
