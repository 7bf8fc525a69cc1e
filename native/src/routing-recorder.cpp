#include "routing-recorder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

namespace moewe {

namespace {

/** No token belongs to this sequence, so llama.cpp never samples with the recorder. */
constexpr llama_seq_id recorderSequence = 0x4d6f65;

RoutingRecorder * recorderOf(llama_sampler * sampler) {
    return static_cast<RoutingRecorder *>(sampler->ctx);
}

llama_sampler_i recorderInterface() {
    llama_sampler_i interface{};
    interface.name = [](const llama_sampler *) { return "routing-recorder"; };
    interface.apply = [](llama_sampler *, llama_token_data_array *) {};
    interface.backend_init = [](llama_sampler *, ggml_backend_buffer_type_t, uint32_t) { return true; };
    interface.backend_apply = [](llama_sampler * sampler, ggml_context * tensors, ggml_cgraph * graph,
                                 llama_sampler_data * data) {
        recorderOf(sampler)->find(tensors, graph);
        // Otherwise the logits would be added to the graph a second time.
        data->logits = nullptr;
    };
    return interface;
}

/** The layer in `name` if it is `prefix`, a dash and a number; -1 otherwise. */
int layerIn(const char * name, const char * prefix) {
    const size_t length = std::strlen(prefix);
    if (std::strncmp(name, prefix, length) != 0 || name[length] != '-') return -1;
    char * end = nullptr;
    const long layer = std::strtol(name + length + 1, &end, 10);
    return *end == '\0' ? static_cast<int>(layer) : -1;
}

/** The names that the chosen experts' weights have on their way, the final ones last. */
const char * const weightNames[] = {
    "ffn_moe_weights", "ffn_moe_weights_softmax", "ffn_moe_weights_norm", "ffn_moe_weights_scaled"};

}  // namespace

RoutingRecorder::RoutingRecorder(llama_context * context) : context(context) {}

RoutingRecorder::~RoutingRecorder() {
    enable(false);
}

void RoutingRecorder::enable(bool wanted) {
    if (wanted == isEnabled()) return;
    if (!wanted) {
        llama_set_sampler(context, recorderSequence, nullptr);
        llama_sampler_free(chain);
        chain = nullptr;
        routers.clear();
        return;
    }
    static llama_sampler_i interface = recorderInterface();
    chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    llama_sampler_chain_add(chain, llama_sampler_init(&interface, this));
    if (llama_set_sampler(context, recorderSequence, chain)) return;
    llama_sampler_free(chain);
    chain = nullptr;
}

void RoutingRecorder::find(ggml_context * tensors, ggml_cgraph * graph) {
    routers.clear();
    std::map<int, ggml_tensor *> choices;
    for (int index = 0; index < ggml_graph_n_nodes(graph); ++index) {
        ggml_tensor * node = ggml_graph_node(graph, index);
        const char * name = ggml_get_name(node);
        if (std::strncmp(name, "ffn_moe_", 8) != 0) continue;
        const int layer = layerIn(name, "ffn_moe_topk");
        if (layer >= 0) choices[layer] = node;
        for (const char * weightName : weightNames) {
            const int weightLayer = layerIn(name, weightName);
            if (weightLayer >= 0) routers[weightLayer].weights = node;
        }
    }
    for (const auto & [layer, choice] : choices) {
        RouterTensors & router = routers[layer];
        if (router.weights == nullptr) continue;
        ggml_set_output(router.weights);
        router.experts = ggml_cont(tensors, choice);
        ggml_set_output(router.experts);
        ggml_build_forward_expand(graph, router.experts);
        used = static_cast<size_t>(choice->ne[0]);
    }
}

void RoutingRecorder::take(size_t tokens) {
    if (!isEnabled() || routers.empty()) return;
    const size_t perToken = routers.size() * used;
    const size_t place = trace.tokens * perToken;
    trace.experts.resize(place + tokens * perToken);
    trace.weights.resize(place + tokens * perToken);
    size_t layerPlace = place;
    for (const auto & [layer, router] : routers) {
        read(layer, router, tokens, layerPlace);
        layerPlace += used;
    }
    trace.tokens += tokens;
    if (trace.tokens <= keptTokens) return;
    const size_t dropped = (trace.tokens - keptTokens) * perToken;
    trace.experts.erase(trace.experts.begin(), trace.experts.begin() + dropped);
    trace.weights.erase(trace.weights.begin(), trace.weights.begin() + dropped);
    trace.tokens = keptTokens;
}

void RoutingRecorder::read(int layer, const RouterTensors & router, size_t tokens, size_t firstPlace) {
    const size_t values = tokens * used;
    expertBuffer.assign(values, 0);
    weightBuffer.assign(values, 0);
    if (router.experts == nullptr || ggml_nelements(router.experts) < static_cast<int64_t>(values)) return;
    ggml_backend_tensor_get(router.experts, expertBuffer.data(), 0, values * sizeof(int32_t));
    ggml_backend_tensor_get(router.weights, weightBuffer.data(), 0, values * sizeof(float));
    std::vector<uint64_t> & counts = countsByLayer[layer];
    for (size_t token = 0; token < tokens; ++token) {
        const size_t place = firstPlace + token * routers.size() * used;
        const float * tokenWeights = weightBuffer.data() + token * used;
        float sum = 0;
        for (size_t choice = 0; choice < used; ++choice) sum += std::max(0.0f, tokenWeights[choice]);
        // A single expert has no share: its own weight tells more.
        if (used == 1 || sum <= 0) sum = 1;
        for (size_t choice = 0; choice < used; ++choice) {
            const auto expert = static_cast<uint16_t>(expertBuffer[token * used + choice]);
            const float share = std::clamp(tokenWeights[choice] / sum, 0.0f, 1.0f);
            trace.experts[place + choice] = expert;
            trace.weights[place + choice] = static_cast<uint8_t>(std::lround(share * 255));
            if (counts.size() <= expert) counts.resize(expert + 1, 0);
            counts[expert] += 1;
        }
    }
}

RoutingTrace RoutingRecorder::drain() {
    RoutingTrace drained;
    std::swap(drained, trace);
    for (const auto & [layer, router] : routers) drained.layers.push_back(layer);
    drained.used = used;
    return drained;
}

}  // namespace moewe
