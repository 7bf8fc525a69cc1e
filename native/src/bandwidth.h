/** How fast this machine's cores read memory together, as decoding does with weights. */
#pragma once

#include "napi.h"

namespace moewe {

/**
 * JS: `measureBandwidth(bytes: number, threads: number, milliseconds: number): Promise<number>`:
 * bytes a second, the best of the passes that fit into the time.
 */
Napi::Value measureBandwidth(const Napi::CallbackInfo & info);

}  // namespace moewe
