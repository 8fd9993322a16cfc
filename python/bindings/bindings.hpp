#pragma once

#include <pybind11/pybind11.h>

/// One function per part of the module; each only translates.
namespace haplan::python {

void bind_arrow(pybind11::module_& module);
void bind_calibrate(pybind11::module_& module);
void bind_chain(pybind11::module_& module);
void bind_delay(pybind11::module_& module);
void bind_explain(pybind11::module_& module);
void bind_spec(pybind11::module_& module);
void bind_structure(pybind11::module_& module);
void bind_sweep(pybind11::module_& module);
void bind_verbs(pybind11::module_& module);
void bind_window(pybind11::module_& module);

}  // namespace haplan::python
