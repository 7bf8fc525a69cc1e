/**
 * Included before every source of node-llama-cpp's addon, which itself stays as it is.
 *
 * The addon calls llama.cpp once to load a model. Here that call gets another name, so that ours runs
 * in between and adds what the addon does not offer: rules for which tensor goes where. The addon's
 * registration as a Node module is widened in the same way by one property, `moewe`, that holds our
 * own functions. Nothing of the addon or of llama.cpp is copied or patched.
 */
#pragma once

#include <cstddef>

// First as they are: what follows must not rename the declarations themselves.
#include "llama.h"
#include "napi.h"

namespace moewe {

/** `llama_model_load_from_file` with the placement that was set. */
llama_model * loadModelFromFile(const char * path, llama_model_params params);

/** `llama_model_init_from_user`, likewise: for counting memory from a header alone. */
llama_model * initModelFromUser(
    gguf_context * metadata,
    llama_model_set_tensor_data_t setTensorData,
    void * userData,
    llama_model_params params);

/** The module's exports with `moewe` added. */
Napi::Object withOwnExports(Napi::Env env, Napi::Object exports);

}  // namespace moewe

#ifndef MOEWE_OWN_SOURCE
#define llama_model_load_from_file moewe::loadModelFromFile
#define llama_model_init_from_user moewe::initModelFromUser

// As in node-addon-api's napi.h, with our exports added after the addon's.
#undef NODE_API_MODULE
#define NODE_API_MODULE(name, registerExports)                                                     \
    static Napi::Object registerWithOwnExports(Napi::Env env, Napi::Object exports) {              \
        return moewe::withOwnExports(env, registerExports(env, exports));                          \
    }                                                                                              \
    static napi_value registerModule(napi_env env, napi_value exports) {                           \
        return Napi::RegisterModule(env, exports, registerWithOwnExports);                         \
    }                                                                                              \
    NAPI_MODULE(name, registerModule)
#endif
