/** How fast a graphics processor reads and writes its own memory. */
#pragma once

#include "napi.h"

namespace moewe {

/**
 * JS: `measureGpuBandwidth(index: number, bytes: number, milliseconds: number): Promise<number>`:
 * bytes a second that the `index`-th of `devices()` moves while it copies `bytes` within its memory,
 * the best of the passes that fit into the time; 0 where it can't.
 */
Napi::Value measureGpuBandwidth(const Napi::CallbackInfo & info);

}  // namespace moewe
