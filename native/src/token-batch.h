/** What the decoder hands to JavaScript while it works. */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "napi.h"
#include "routing-recorder.h"

namespace moewe {

/** Some generated tokens, or some evaluated ones of a prompt. */
struct TokenBatch {
    std::vector<llama_token> tokens;
    /** The text that each token completes. */
    std::vector<std::string> pieces;
    /** 1 for tokens that are no text but control the conversation. */
    std::vector<uint8_t> control;
    /** The experts of tokens that were evaluated since the last batch. */
    RoutingTrace trace;
    /** Tokens of the prompt that are evaluated so far. */
    size_t evaluated = 0;
};

/** `{tokens, pieces, control, evaluated, routing: {layers, usedCount, tokens, experts, weights}}`. */
Napi::Object toObject(Napi::Env env, const TokenBatch & batch);

}  // namespace moewe
