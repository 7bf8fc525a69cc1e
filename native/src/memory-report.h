/** What llama.cpp has allocated (or, with `no_alloc`, would allocate), and what devices there are. */
#pragma once

#include "ggml-backend.h"
#include "napi.h"

namespace moewe {

/**
 * JS: `memoryReport(context: AddonContext)`: bytes `{gpu: {weights, kv, compute}, ram: {…}}` of the
 * context and its model.
 */
Napi::Value memoryReport(const Napi::CallbackInfo & info);

/** JS: `devices()`: `{name, description, backend, totalBytes, freeBytes, unified}[]` of all GPUs. */
Napi::Value devices(const Napi::CallbackInfo & info);

/** The `index`-th of those; null where there are fewer. */
ggml_backend_dev_t gpuAt(size_t index);

}  // namespace moewe
