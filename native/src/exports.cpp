/** What the module has besides node-llama-cpp's own exports: the property `moewe`. */
#include "bandwidth.h"
#include "decoder.h"
#include "gpu-bandwidth.h"
#include "memory-report.h"
#include "placement.h"

#ifndef MOEWE_BUILD_IDENTITY
#error "the build script names the versions that this build belongs to"
#endif

namespace moewe {

Napi::Object withOwnExports(Napi::Env env, Napi::Object exports) {
    Napi::Object own = Napi::Object::New(env);
    own.Set("identity", MOEWE_BUILD_IDENTITY);
    own.Set("setPlacement", Napi::Function::New(env, setPlacement));
    own.Set("memoryReport", Napi::Function::New(env, memoryReport));
    own.Set("devices", Napi::Function::New(env, devices));
    own.Set("measureBandwidth", Napi::Function::New(env, measureBandwidth));
    own.Set("measureGpuBandwidth", Napi::Function::New(env, measureGpuBandwidth));
    own.Set("Decoder", Decoder::define(env));
    exports.Set("moewe", own);
    return exports;
}

}  // namespace moewe
