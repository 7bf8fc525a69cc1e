/**
 * Where tensors go: rules for the models that are loaded, in llama.cpp's general form (the tensor
 * overrides behind its `--override-tensor` and `--n-cpu-moe`). Which rules make sense for a model is
 * decided in TypeScript; here is only the way to llama.cpp.
 */
#pragma once

#include "napi.h"

namespace moewe {

/**
 * JS: `setPlacement(rules: [pattern: string, device: string][])`. A pattern is a regular expression
 * over tensor names; the first that matches wins. A device is `CPU` or a name of `devices()`. Holds
 * for every load until it is called again.
 */
Napi::Value setPlacement(const Napi::CallbackInfo & info);

}  // namespace moewe
