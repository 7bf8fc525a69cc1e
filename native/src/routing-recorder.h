/**
 * Records which experts a router chose, at next to no cost.
 *
 * llama.cpp lets a sampler add nodes to the end of the graph that it computes ("backend sampling",
 * `llama_sampler_i::backend_apply`). The recorder is such a sampler, for a sequence that no token
 * belongs to, so it never samples. When a graph is built it finds the router's tensors by the names
 * that llama.cpp gives them (`llama-graph.cpp`, `build_moe_ffn`): it adds a small copy of each
 * `ffn_moe_topk` and keeps each layer's last `ffn_moe_weights…` from being overwritten. After a decode
 * they are read. No callback interrupts the computation, and it works on every device alike.
 */
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "llama.h"

namespace moewe {

/** What one layer's router tells after a decode. */
struct RouterTensors {
    ggml_tensor * experts = nullptr;
    ggml_tensor * weights = nullptr;
};

/** The choice of experts for some tokens; `experts` and `weights` run over token, layer, place. */
struct RoutingTrace {
    /** Layers with experts, in order, and experts chosen in each. */
    std::vector<int> layers;
    size_t used = 0;
    std::vector<uint16_t> experts;
    /** The part of the token's chosen experts in the layer's sum, 255 being all of it. */
    std::vector<uint8_t> weights;
    size_t tokens = 0;
};

class RoutingRecorder {
public:
    explicit RoutingRecorder(llama_context * context);
    ~RoutingRecorder();
    RoutingRecorder(const RoutingRecorder &) = delete;
    RoutingRecorder & operator=(const RoutingRecorder &) = delete;

    /**
     * Switched off it leaves no trace in the graph; a switch lets the next decode build a new one.
     */
    void enable(bool wanted);
    bool isEnabled() const { return chain != nullptr; }

    /**
     * Reads the choices of the decode that just ended. All its tokens must have asked for logits:
     * in the last layer llama.cpp computes the others' experts never.
     */
    void take(size_t tokens);

    /** What was read since the last call; at most the newest `keptTokens` of it. */
    RoutingTrace drain();

    /** Tokens that each expert worked on, by layer, since recording began. */
    const std::map<int, std::vector<uint64_t>> & counts() const { return countsByLayer; }

    /** Called while a graph is built. */
    void find(ggml_context * tensors, ggml_cgraph * graph);

private:
    static constexpr size_t keptTokens = 4096;

    void read(int layer, const RouterTensors & router, size_t tokens, size_t firstPlace);

    llama_context * context;
    /** Null while switched off. */
    llama_sampler * chain = nullptr;
    std::map<int, RouterTensors> routers;
    std::map<int, std::vector<uint64_t>> countsByLayer;
    size_t used = 0;
    RoutingTrace trace;
    std::vector<int32_t> expertBuffer;
    std::vector<float> weightBuffer;
};

}  // namespace moewe
