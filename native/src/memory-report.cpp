#include "memory-report.h"

#include <string>

#include "AddonContext.h"
#include "llama-ext.h"

namespace moewe {

namespace {

/** Bytes in one place. */
struct Share {
    size_t weights = 0;
    size_t kv = 0;
    size_t compute = 0;
};

bool isGpu(ggml_backend_dev_t device) {
    if (device == nullptr) return false;
    const auto type = ggml_backend_dev_type(device);
    return type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

Napi::Object toObject(Napi::Env env, const Share & share) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("weights", Napi::Number::New(env, static_cast<double>(share.weights)));
    object.Set("kv", Napi::Number::New(env, static_cast<double>(share.kv)));
    object.Set("compute", Napi::Number::New(env, static_cast<double>(share.compute)));
    return object;
}

}  // namespace

Napi::Value memoryReport(const Napi::CallbackInfo & info) {
    const auto * wrapped = Napi::ObjectWrap<AddonContext>::Unwrap(info[0].As<Napi::Object>());
    if (wrapped->ctx == nullptr) throw Napi::Error::New(info.Env(), "the context is not loaded");
    Share gpu;
    Share ram;
    for (const auto & [type, bytes] : llama_get_memory_breakdown(wrapped->ctx)) {
        const bool onGpu = !ggml_backend_buft_is_host(type) && isGpu(ggml_backend_buft_get_device(type));
        Share & share = onGpu ? gpu : ram;
        share.weights += bytes.model;
        share.kv += bytes.context;
        share.compute += bytes.compute;
    }
    Napi::Object report = Napi::Object::New(info.Env());
    report.Set("gpu", toObject(info.Env(), gpu));
    report.Set("ram", toObject(info.Env(), ram));
    return report;
}

Napi::Value devices(const Napi::CallbackInfo & info) {
    Napi::Env env = info.Env();
    Napi::Array list = Napi::Array::New(env);
    for (size_t index = 0; index < ggml_backend_dev_count(); ++index) {
        ggml_backend_dev_t device = ggml_backend_dev_get(index);
        if (!isGpu(device)) continue;
        size_t freeBytes = 0;
        size_t totalBytes = 0;
        ggml_backend_dev_memory(device, &freeBytes, &totalBytes);
        const std::string backend = ggml_backend_reg_name(ggml_backend_dev_backend_reg(device));
        const bool unified = ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_IGPU ||
                             backend == "MTL" || backend == "Metal";
        Napi::Object object = Napi::Object::New(env);
        object.Set("name", ggml_backend_dev_name(device));
        object.Set("description", ggml_backend_dev_description(device));
        object.Set("backend", backend);
        object.Set("totalBytes", Napi::Number::New(env, static_cast<double>(totalBytes)));
        object.Set("freeBytes", Napi::Number::New(env, static_cast<double>(freeBytes)));
        object.Set("unified", unified);
        list.Set(list.Length(), object);
    }
    return list;
}

ggml_backend_dev_t gpuAt(size_t index) {
    size_t passed = 0;
    for (size_t at = 0; at < ggml_backend_dev_count(); ++at) {
        ggml_backend_dev_t device = ggml_backend_dev_get(at);
        if (isGpu(device) && passed++ == index) return device;
    }
    return nullptr;
}

}  // namespace moewe
