#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "decoder.h"
#include "text-pieces.h"

namespace moewe {

namespace {

/** Batches come at most this often, so that JavaScript and the page have time for other things. */
constexpr int64_t batchEveryUs = 16'000;

/** Tokens of a prompt between two looks at the stop signal and two reports. */
constexpr size_t promptStep = 256;

/** With logits for every token a step is smaller: each takes a row as long as the vocabulary. */
constexpr size_t recordedPromptStep = 32;

/** States to go back to; each may take many megabytes. */
constexpr size_t keptCheckpoints = 4;

int64_t nowUs() {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

/** Whether the most likely token is all that is asked for: then the logits alone tell it. */
bool isPlainGreedy(const AddonSampler & sampler) {
    return sampler.greedySampler && !sampler.tokenBiasSampler && !sampler.repeatPenaltySampler &&
           !sampler.dryRepeatPenaltySampler && !sampler.xtcSampler && !sampler.grammarEvaluationState;
}

}  // namespace

Decoding::Decoding(llama_context * context, llama_seq_id sequence)
    : recorder(context),
      context(context),
      model(llama_get_model(context)),
      vocabulary(llama_model_get_vocab(model)),
      sequence(sequence) {
    const auto stopped = [](void * self) { return static_cast<Decoding *>(self)->stopping.load(); };
    llama_set_abort_callback(context, stopped, this);
}

Decoding::~Decoding() {
    llama_set_abort_callback(context, nullptr, nullptr);
}

size_t Decoding::length() const {
    return static_cast<size_t>(llama_memory_seq_pos_max(llama_get_memory(context), sequence) + 1);
}

bool Decoding::decode(const llama_token * tokens, size_t count, Logits logits) {
    // One batch for the life of the thread: a token of a small model takes less than a millisecond.
    static thread_local std::vector<llama_pos> positions;
    static thread_local std::vector<int32_t> sequenceCounts;
    static thread_local std::vector<llama_seq_id *> sequences;
    static thread_local std::vector<int8_t> wanted;
    const auto first = static_cast<llama_pos>(length());
    positions.resize(count);
    for (size_t index = 0; index < count; ++index) positions[index] = first + static_cast<llama_pos>(index);
    sequenceCounts.assign(count, 1);
    sequences.assign(count, &sequence);
    wanted.assign(count, logits == Logits::all ? 1 : 0);
    if (logits == Logits::last) wanted.back() = 1;
    llama_batch batch{};
    batch.n_tokens = static_cast<int32_t>(count);
    batch.token = const_cast<llama_token *>(tokens);
    batch.pos = positions.data();
    batch.n_seq_id = sequenceCounts.data();
    batch.seq_id = sequences.data();
    batch.logits = wanted.data();
    const int32_t result = llama_decode(context, batch);
    if (result == 2) return false;
    if (result == 1) throw std::runtime_error("the context is full");
    if (result != 0) throw std::runtime_error("llama.cpp could not evaluate the tokens");
    if (logits == Logits::none) return true;
    llama_synchronize(context);
    if (logits == Logits::all || count == 1) recorder.take(count);
    return true;
}

bool Decoding::evaluate(
    const std::vector<llama_token> & tokens, Logits logits, const BatchListener & listener) {
    const size_t step = std::min<size_t>(
        llama_n_ubatch(context), logits == Logits::all ? recordedPromptStep : promptStep);
    for (size_t at = 0; at < tokens.size(); at += step) {
        const size_t count = std::min(step, tokens.size() - at);
        const bool last = at + count == tokens.size();
        const Logits wanted = last || logits == Logits::all ? logits : Logits::none;
        if (stopping || !decode(tokens.data() + at, count, wanted)) return false;
        auto batch = std::make_shared<TokenBatch>();
        batch->evaluated = at + count;
        if (logits == Logits::all) batch->trace = recorder.drain();
        listener(std::move(batch));
    }
    llama_synchronize(context);
    // A last step of a single token was read like one of an answer; nobody asked for it.
    if (logits != Logits::all) recorder.drain();
    return true;
}

std::vector<std::string> Decoding::pieces(const std::vector<llama_token> & tokens) const {
    TextPieces text(vocabulary);
    std::vector<std::string> all;
    for (const llama_token token : tokens) all.push_back(text.next(token));
    if (!all.empty()) all.back() += text.rest();
    return all;
}

llama_token Decoding::sample(AddonSampler & sampler) {
    if (isPlainGreedy(sampler)) {
        const float * logits = llama_get_logits_ith(context, -1);
        if (logits == nullptr) throw std::runtime_error("the model gives no logits");
        return static_cast<llama_token>(
            std::max_element(logits, logits + llama_vocab_n_tokens(vocabulary)) - logits);
    }
    sampler.rebuildChainIfNeeded();
    llama_token_data_array candidates;
    std::unique_lock<std::mutex> lock(samplerMutex);
    sampler.sampleAndReleaseLock(samplerMutex, lock, context, -1, candidates, false);
    const auto selected = candidates.selected;
    if (selected < 0 || static_cast<size_t>(selected) >= candidates.size) {
        throw std::runtime_error("no token could be chosen");
    }
    const llama_token token = candidates.data[selected].id;
    sampler.acceptToken(token);
    return token;
}

Generation Decoding::generate(
    AddonSampler & sampler, size_t limit, bool endless, const BatchListener & listener) {
    Generation generation;
    TextPieces pieces(vocabulary);
    auto batch = std::make_shared<TokenBatch>();
    int64_t firstUs = 0;
    int64_t sentUs = 0;
    int64_t lastUs = 0;
    const auto flush = [&] {
        batch->trace = recorder.drain();
        listener(std::exchange(batch, std::make_shared<TokenBatch>()));
        sentUs = lastUs;
    };
    while (!stopping) {
        const llama_token token = sample(sampler);
        lastUs = nowUs();
        if (generation.tokens == 0) firstUs = lastUs;
        generation.decodeUs = lastUs - firstUs;
        if (!endless && llama_vocab_is_eog(vocabulary, token)) {
            generation.ending = Ending::endOfAnswer;
            break;
        }
        generation.tokens += 1;
        batch->tokens.push_back(token);
        batch->pieces.push_back(pieces.next(token));
        batch->control.push_back(llama_vocab_is_control(vocabulary, token) ? 1 : 0);
        // The first token at once: it is what a person waits for.
        if (lastUs - sentUs >= batchEveryUs) flush();
        if (generation.tokens >= limit) {
            generation.ending = Ending::limit;
            break;
        }
        if (!decode(&token, 1, Logits::last)) break;
    }
    if (!batch->pieces.empty()) batch->pieces.back() += pieces.rest();
    flush();
    generation.firstTokenUs = firstUs;
    return generation;
}

size_t Decoding::keep(size_t tokens) {
    const size_t present = length();
    if (tokens >= present) return present;
    llama_memory_t memory = llama_get_memory(context);
    const int32_t window = llama_model_n_swa(model);
    // A sliding window has thrown away what the shortened sequence would need (llama.cpp's server
    // decides likewise, tools/server/server-context.cpp).
    const llama_pos needed = std::max<llama_pos>(0, static_cast<llama_pos>(tokens) - window);
    const bool windowThere = window == 0 || llama_memory_seq_pos_min(memory, sequence) <= needed;
    if (windowThere && llama_memory_seq_rm(memory, sequence, static_cast<llama_pos>(tokens), -1)) {
        const auto later = [&](const Checkpoint & checkpoint) { return checkpoint.length > tokens; };
        checkpoints.erase(
            std::remove_if(checkpoints.begin(), checkpoints.end(), later), checkpoints.end());
        return tokens;
    }
    return restore(tokens);
}

size_t Decoding::restore(size_t most) {
    llama_memory_t memory = llama_get_memory(context);
    while (!checkpoints.empty() && checkpoints.back().length > most) checkpoints.pop_back();
    if (!checkpoints.empty()) {
        const Checkpoint & checkpoint = checkpoints.back();
        const size_t read = llama_state_seq_set_data_ext(
            context, checkpoint.data.data(), checkpoint.data.size(), sequence,
            LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY);
        const auto end = static_cast<llama_pos>(checkpoint.length);
        if (read == checkpoint.data.size() && llama_memory_seq_rm(memory, sequence, end, -1) &&
            length() == checkpoint.length) {
            return checkpoint.length;
        }
    }
    forgetAll();
    return 0;
}

void Decoding::forgetAll() {
    llama_memory_seq_rm(llama_get_memory(context), sequence, -1, -1);
    checkpoints.clear();
}

void Decoding::rememberState() {
    const bool partial = llama_model_n_swa(model) > 0 || llama_model_is_hybrid(model) ||
                         llama_model_is_recurrent(model);
    if (!partial) return;
    Checkpoint checkpoint{length(), {}};
    checkpoint.data.resize(
        llama_state_seq_get_size_ext(context, sequence, LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY));
    const size_t written = llama_state_seq_get_data_ext(
        context, checkpoint.data.data(), checkpoint.data.size(), sequence,
        LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY);
    if (written == 0 || written != checkpoint.data.size()) return;
    if (checkpoints.size() == keptCheckpoints) checkpoints.erase(checkpoints.begin());
    checkpoints.push_back(std::move(checkpoint));
}

}  // namespace moewe
