/**
 * llama.cpp's threads for one context, as its thread-pool API offers them. Its automatic pool spins
 * while it waits; on a machine whose cores are all computing that takes the time of the thread that
 * hands tokens on.
 */
#pragma once

#include "llama.h"

namespace moewe {

/** How the processor's cores are used. */
struct ThreadUse {
    /** Threads that decode. */
    int threads = 1;
    /** Threads that evaluate prompts. */
    int batchThreads = 1;
    /** How long waiting threads spin before they sleep: 0 (not at all) to 100. */
    int poll = 50;
    /** -1 low, 0 normal, 1 medium, 2 high. */
    int priority = 0;
    /** Cores, counted from the last, that the threads stay away from; 0: they may run anywhere. */
    int freeCores = 0;
};

/**
 * Two pools (decoding, prompts) that a context uses from now on. It must not decode any more once
 * they are gone.
 */
class ThreadPool {
public:
    ThreadPool(llama_context * context, const ThreadUse & use);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool & operator=(const ThreadPool &) = delete;

private:
    ggml_threadpool_t decoding = nullptr;
    ggml_threadpool_t prompts = nullptr;
};

}  // namespace moewe
