/** What llama.cpp has allocated (or, with `no_alloc`, would allocate), and what devices there are. */
#pragma once

#include "napi.h"

namespace moewe {

/**
 * JS: `memoryReport(context: AddonContext)`: bytes `{gpu: {weights, kv, compute}, ram: {…}}` of the
 * context and its model.
 */
Napi::Value memoryReport(const Napi::CallbackInfo & info);

/** JS: `devices()`: `{name, description, backend, totalBytes, freeBytes, unified}[]` of all GPUs. */
Napi::Value devices(const Napi::CallbackInfo & info);

}  // namespace moewe
