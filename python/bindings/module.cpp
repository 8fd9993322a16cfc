#include <exception>
#include <pybind11/pybind11.h>
#include <utility>

#include "model/base/contract.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace py = pybind11;
using namespace haplan;  // NOLINT(google-build-using-namespace): this file is the module

namespace {

void raise(const char* type, const py::tuple& arguments) {
  const py::object error = py::module_::import("haplan.errors").attr(type);
  PyErr_SetObject(error.ptr(), error(*arguments).ptr());
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "The engine of haplan. Use the package haplan; this module only translates.";
  module.attr("__version__") = HAPLAN_VERSION;
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(std::move(thrown));
    } catch (const python::EngineError& caught) {
      const model::Error& error = caught.error;
      raise("HaplanError", py::make_tuple(python::text(error.message), python::name_of(error.fault),
                                          python::text(error.where)));
    } catch (const model::ContractViolation& broken) {
      raise("ContractViolation", py::make_tuple(python::text(broken.what())));
    }
  });
  module.def("end_all_jobs", &python::end_all_jobs,
             "Wait for calculations that nobody waits for any more.");
  module.def("forget_jobs", &python::forget_jobs, "Forget them, in the child of a fork.");
  python::bind_spec(module);  // first: its class stands in signatures of others
  python::bind_arrow(module);
  python::bind_calibrate(module);
  python::bind_chain(module);
  python::bind_delay(module);
  python::bind_explain(module);
  python::bind_structure(module);
  python::bind_sweep(module);
  python::bind_verbs(module);
  python::bind_window(module);
}
