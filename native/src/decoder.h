/**
 * Evaluates prompts and generates answers off JavaScript's thread, with llama.cpp directly and with
 * the samplers of node-llama-cpp's addon. It owns one sequence of one context: nobody else may
 * evaluate there meanwhile. One piece of work runs at a time.
 */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "AddonContext.h"
#include "AddonSampler.h"
#include "thread-pool.h"
#include "token-batch.h"

namespace moewe {

/** Which tokens of a prompt ask for logits: for sampling after the last, or for a whole record. */
enum class Logits { none, last, all };

/** Why a generation ended. */
enum class Ending { endOfAnswer, limit, stopped };

/** How a generation went. Times in microseconds; 0 where there was no such token. */
struct Generation {
    Ending ending = Ending::stopped;
    size_t tokens = 0;
    int64_t firstTokenUs = 0;
    /** From the first token to the last one. */
    int64_t decodeUs = 0;
};

using BatchListener = std::function<void(std::shared_ptr<TokenBatch>)>;

/** The work itself, in whatever thread calls it. */
class Decoding {
public:
    Decoding(llama_context * context, llama_seq_id sequence);
    ~Decoding();
    Decoding(const Decoding &) = delete;
    Decoding & operator=(const Decoding &) = delete;

    /** Appends tokens to the sequence. False when it was stopped; then some may be missing. */
    bool evaluate(const std::vector<llama_token> & tokens, Logits logits, const BatchListener & listener);

    /**
     * Samples until the model ends, `limit` tokens are there, or it is stopped. `endless` goes on
     * where the model would end, for measuring.
     */
    Generation generate(
        AddonSampler & sampler, size_t limit, bool endless, const BatchListener & listener);

    /** Shortens the sequence to at most `tokens` and returns how many really could stay. */
    size_t keep(size_t tokens);

    /**
     * Remembers the state at the sequence's end for models whose state can't be shortened (sliding
     * windows, recurrent layers); does nothing for others.
     */
    void rememberState();

    /** The text that each token completes, special tokens by their names. */
    std::vector<std::string> pieces(const std::vector<llama_token> & tokens) const;

    /** Tokens in the sequence. */
    size_t length() const;

    void stop() { stopping = true; }
    void begin() { stopping = false; }

    RoutingRecorder recorder;

private:
    /** A state that `keep` can go back to. */
    struct Checkpoint {
        size_t length;
        std::vector<uint8_t> data;
    };

    bool decode(const llama_token * tokens, size_t count, Logits logits);
    llama_token sample(AddonSampler & sampler);
    size_t restore(size_t most);
    void forgetAll();

    llama_context * context;
    const llama_model * model;
    const llama_vocab * vocabulary;
    llama_seq_id sequence;
    std::atomic<bool> stopping{false};
    std::vector<Checkpoint> checkpoints;
    std::mutex samplerMutex;
};

/** The JavaScript class `Decoder`. */
class Decoder : public Napi::ObjectWrap<Decoder> {
public:
    explicit Decoder(const Napi::CallbackInfo & info);
    static Napi::Function define(Napi::Env env);

private:
    friend class EvaluateWorker;
    friend class GenerateWorker;

    Napi::Value evaluate(const Napi::CallbackInfo & info);
    Napi::Value generate(const Napi::CallbackInfo & info);
    Napi::Value keep(const Napi::CallbackInfo & info);
    Napi::Value rememberState(const Napi::CallbackInfo & info);
    Napi::Value stop(const Napi::CallbackInfo & info);
    Napi::Value useThreads(const Napi::CallbackInfo & info);
    Napi::Value record(const Napi::CallbackInfo & info);
    Napi::Value expertCounts(const Napi::CallbackInfo & info);
    Napi::Value pieces(const Napi::CallbackInfo & info);
    Napi::Value length(const Napi::CallbackInfo & info);
    Napi::Value dispose(const Napi::CallbackInfo & info);
    Decoding & ready(Napi::Env env);

    Napi::ObjectReference contextReference;
    llama_context * context = nullptr;
    std::unique_ptr<Decoding> decoding;
    /**
     * The last one is in use. Earlier ones live as long: at the next decode llama.cpp still pauses
     * the pool before (`ggml_backend_cpu_set_threadpool`).
     */
    std::vector<std::unique_ptr<ThreadPool>> threadPools;
    bool busy = false;
};

}  // namespace moewe
