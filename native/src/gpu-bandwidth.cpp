#include "gpu-bandwidth.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "ggml-backend.h"
#include "ggml.h"
#include "memory-report.h"

namespace moewe {

namespace {

using Clock = std::chrono::steady_clock;

/** Copies in one graph, so that starting it does not count. */
constexpr int copies = 8;

struct Release {
    void operator()(ggml_backend_t backend) const { ggml_backend_free(backend); }
    void operator()(ggml_context * context) const { ggml_free(context); }
    void operator()(ggml_backend_buffer_t buffer) const { ggml_backend_buffer_free(buffer); }
};

template <typename Value>
using Owned = std::unique_ptr<Value, Release>;

/** Bytes a second, read and written; 0 where the device or its memory can't be had. */
double copySpeed(ggml_backend_dev_t device, size_t bytes, double milliseconds) {
    const Owned<ggml_backend> backend(ggml_backend_dev_init(device, nullptr));
    if (backend == nullptr) return 0;
    const size_t overhead = ggml_tensor_overhead() * (2 * copies + 8) + ggml_graph_overhead();
    const Owned<ggml_context> context(ggml_init({overhead, nullptr, true}));
    const auto values = static_cast<int64_t>(bytes / sizeof(float));
    ggml_tensor * source = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, values);
    ggml_tensor * target = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, values);
    ggml_cgraph * graph = ggml_new_graph(context.get());
    for (int copy = 0; copy < copies; ++copy) {
        ggml_build_forward_expand(graph, ggml_cpy(context.get(), source, target));
    }
    const Owned<ggml_backend_buffer> buffer(ggml_backend_alloc_ctx_tensors(context.get(), backend.get()));
    if (buffer == nullptr) return 0;
    ggml_backend_buffer_clear(buffer.get(), 0x3c);
    // The first pass compiles shaders.
    if (ggml_backend_graph_compute(backend.get(), graph) != GGML_STATUS_SUCCESS) return 0;
    const auto end = Clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
    double best = 0;
    do {
        const auto begin = Clock::now();
        if (ggml_backend_graph_compute(backend.get(), graph) != GGML_STATUS_SUCCESS) return best;
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        best = std::max(best, 2.0 * copies * static_cast<double>(bytes) / seconds);
    } while (Clock::now() < end);
    return best;
}

class GpuBandwidthWorker : public Napi::AsyncWorker {
public:
    GpuBandwidthWorker(Napi::Env env, ggml_backend_dev_t device, size_t bytes, double milliseconds)
        : Napi::AsyncWorker(env),
          deferred(Napi::Promise::Deferred::New(env)),
          device(device),
          bytes(bytes),
          milliseconds(milliseconds) {}

    Napi::Promise promise() { return deferred.Promise(); }

    void Execute() override {
        if (device != nullptr) speed = copySpeed(device, bytes, milliseconds);
    }

    void OnOK() override { deferred.Resolve(Napi::Number::New(Env(), speed)); }
    void OnError(const Napi::Error & error) override { deferred.Reject(error.Value()); }

private:
    Napi::Promise::Deferred deferred;
    ggml_backend_dev_t device;
    size_t bytes;
    double milliseconds;
    double speed = 0;
};

}  // namespace

Napi::Value measureGpuBandwidth(const Napi::CallbackInfo & info) {
    ggml_backend_dev_t device = gpuAt(info[0].As<Napi::Number>().Uint32Value());
    const auto bytes = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
    const double milliseconds = info[2].As<Napi::Number>().DoubleValue();
    auto * worker = new GpuBandwidthWorker(info.Env(), device, bytes, milliseconds);
    worker->Queue();
    return worker->promise();
}

}  // namespace moewe
