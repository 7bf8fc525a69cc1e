#include "placement.h"

#include <list>
#include <mutex>
#include <string>
#include <vector>

namespace moewe {

namespace {

/** The rules of one load. llama.cpp keeps pointers into them as long as the model lives. */
struct Rules {
    std::list<std::string> patterns;
    std::vector<llama_model_tensor_buft_override> overrides;
};

/** Loading runs in another thread than JavaScript. */
std::mutex rulesMutex;

/**
 * Global because the call that we stand in has no place for more arguments. The last entry holds for
 * every load from now on: the library loads a model more than once, first only to count. Earlier
 * ones stay, since llama.cpp keeps pointers into the rules of loaded models.
 */
std::list<Rules> allRules;

ggml_backend_buffer_type_t bufferTypeOf(Napi::Env env, const std::string & device) {
    // Named this way llama.cpp also considers the CPU's faster layouts (`CPU_REPACK`).
    if (device == "CPU") return ggml_backend_cpu_buffer_type();
    ggml_backend_dev_t found = ggml_backend_dev_by_name(device.c_str());
    if (found == nullptr) throw Napi::Error::New(env, "no device is named " + device);
    return ggml_backend_dev_buffer_type(found);
}

const llama_model_tensor_buft_override * currentRules() {
    std::lock_guard<std::mutex> lock(rulesMutex);
    if (allRules.empty() || allRules.back().overrides.empty()) return nullptr;
    return allRules.back().overrides.data();
}

}  // namespace

Napi::Value setPlacement(const Napi::CallbackInfo & info) {
    const auto given = info[0].As<Napi::Array>();
    Rules rules;
    for (uint32_t index = 0; index < given.Length(); ++index) {
        const auto rule = given.Get(index).As<Napi::Array>();
        rules.patterns.push_back(rule.Get(0u).As<Napi::String>().Utf8Value());
        const auto device = rule.Get(1u).As<Napi::String>().Utf8Value();
        rules.overrides.push_back({rules.patterns.back().c_str(), bufferTypeOf(info.Env(), device)});
    }
    // llama.cpp's list ends with an empty entry.
    if (!rules.overrides.empty()) rules.overrides.push_back({nullptr, nullptr});
    std::lock_guard<std::mutex> lock(rulesMutex);
    allRules.push_back(std::move(rules));
    return info.Env().Undefined();
}

llama_model * loadModelFromFile(const char * path, llama_model_params params) {
    params.tensor_buft_overrides = currentRules();
    return llama_model_load_from_file(path, params);
}

llama_model * initModelFromUser(
    gguf_context * metadata,
    llama_model_set_tensor_data_t setTensorData,
    void * userData,
    llama_model_params params) {
    params.tensor_buft_overrides = currentRules();
    return llama_model_init_from_user(metadata, setTensorData, userData, params);
}

}  // namespace moewe
