#include "thread-pool.h"

#include <stdexcept>
#include <thread>

#include "ggml-backend.h"
#include "ggml-cpu.h"

namespace moewe {

namespace {

/** The CPU's library is chosen and opened at run time, so its functions are asked for by name. */
template <typename Function>
Function * cpuFunction(const char * name) {
    ggml_backend_dev_t processor = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    ggml_backend_reg_t registry = processor ? ggml_backend_dev_backend_reg(processor) : nullptr;
    void * found = registry ? ggml_backend_reg_get_proc_address(registry, name) : nullptr;
    if (found == nullptr) throw std::runtime_error(std::string("the CPU's library lacks ") + name);
    return reinterpret_cast<Function *>(found);
}

ggml_threadpool_t newPool(const ThreadUse & use, int threads) {
    ggml_threadpool_params params = ggml_threadpool_params_default(threads);
    params.poll = static_cast<uint32_t>(use.poll);
    params.prio = static_cast<ggml_sched_priority>(use.priority);
    if (use.freeCores > 0) {
        const int cores = static_cast<int>(std::thread::hardware_concurrency());
        for (int core = 0; core < cores - use.freeCores && core < GGML_MAX_N_THREADS; ++core) {
            params.cpumask[core] = true;
        }
    }
    ggml_threadpool_t pool = cpuFunction<decltype(ggml_threadpool_new)>("ggml_threadpool_new")(&params);
    if (pool == nullptr) throw std::runtime_error("the thread pool could not be made");
    return pool;
}

}  // namespace

ThreadPool::ThreadPool(llama_context * context, const ThreadUse & use) {
    decoding = newPool(use, use.threads);
    prompts = use.batchThreads == use.threads ? decoding : newPool(use, use.batchThreads);
    llama_set_n_threads(context, use.threads, use.batchThreads);
    llama_attach_threadpool(context, decoding, prompts);
}

ThreadPool::~ThreadPool() {
    const auto freePool = cpuFunction<decltype(ggml_threadpool_free)>("ggml_threadpool_free");
    if (prompts != decoding) freePool(prompts);
    freePool(decoding);
}

}  // namespace moewe
