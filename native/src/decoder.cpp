#include "decoder.h"

#include <algorithm>

namespace moewe {

namespace {

const char * nameOf(Ending ending) {
    switch (ending) {
        case Ending::endOfAnswer: return "endOfAnswer";
        case Ending::limit: return "limit";
        default: return "stopped";
    }
}

std::vector<llama_token> tokensOf(const Napi::Value & value) {
    const auto given = value.As<Napi::Uint32Array>();
    return {given.Data(), given.Data() + given.ElementLength()};
}

Logits logitsOf(const std::string & name) {
    if (name == "all") return Logits::all;
    return name == "last" ? Logits::last : Logits::none;
}

/** JavaScript counts in milliseconds from the same clock only differences make sense in. */
double toMs(int64_t us) {
    return static_cast<double>(us) / 1000;
}

}  // namespace

/** Runs work in libuv's pool and hands batches to a JavaScript function, all before it resolves. */
class DecoderWorker : public Napi::AsyncProgressQueueWorker<std::shared_ptr<TokenBatch>> {
public:
    DecoderWorker(Napi::Env env, Napi::Object owner, Napi::Function listener)
        : AsyncProgressQueueWorker(env),
          deferred(Napi::Promise::Deferred::New(env)),
          owner(Napi::Persistent(owner)),
          listener(Napi::Persistent(listener)) {}

    Napi::Promise promise() { return deferred.Promise(); }

protected:
    using Batches = ExecutionProgress;

    void OnProgress(const std::shared_ptr<TokenBatch> * batches, size_t count) override {
        Napi::HandleScope scope(Env());
        for (size_t index = 0; index < count; ++index) {
            if (batches[index]) listener.Call({toObject(Env(), *batches[index])});
        }
    }

    void OnError(const Napi::Error & error) override {
        finished();
        deferred.Reject(error.Value());
    }

    virtual void finished() = 0;

    Napi::Promise::Deferred deferred;
    Napi::ObjectReference owner;

private:
    Napi::FunctionReference listener;
};

class EvaluateWorker : public DecoderWorker {
public:
    EvaluateWorker(
        Decoder & decoder, Napi::Function listener, std::vector<llama_token> tokens, Logits logits)
        : DecoderWorker(decoder.Env(), decoder.Value(), listener),
          decoder(decoder),
          tokens(std::move(tokens)),
          logits(logits) {}

    void Execute(const Batches & progress) override {
        whole = decoder.decoding->evaluate(tokens, logits, [&](std::shared_ptr<TokenBatch> batch) {
            progress.Send(&batch, 1);
        });
    }

    void OnOK() override {
        finished();
        deferred.Resolve(Napi::Boolean::New(Env(), whole));
    }

    void finished() override { decoder.busy = false; }

private:
    Decoder & decoder;
    std::vector<llama_token> tokens;
    Logits logits;
    bool whole = false;
};

class GenerateWorker : public DecoderWorker {
public:
    GenerateWorker(
        Decoder & decoder, Napi::Function listener, Napi::Object sampler, size_t limit, bool endless)
        : DecoderWorker(decoder.Env(), decoder.Value(), listener),
          decoder(decoder),
          sampler(*Napi::ObjectWrap<AddonSampler>::Unwrap(sampler)),
          samplerReference(Napi::Persistent(sampler)),
          limit(limit),
          endless(endless) {}

    void Execute(const Batches & progress) override {
        const auto listener = [&](std::shared_ptr<TokenBatch> batch) { progress.Send(&batch, 1); };
        generation = decoder.decoding->generate(sampler, limit, endless, listener);
    }

    void OnOK() override {
        finished();
        Napi::Object result = Napi::Object::New(Env());
        result.Set("ending", nameOf(generation.ending));
        result.Set("tokens", Napi::Number::New(Env(), static_cast<double>(generation.tokens)));
        result.Set("decodeMs", Napi::Number::New(Env(), toMs(generation.decodeUs)));
        deferred.Resolve(result);
    }

    void finished() override { decoder.busy = false; }

private:
    Decoder & decoder;
    AddonSampler & sampler;
    Napi::ObjectReference samplerReference;
    size_t limit;
    bool endless;
    Generation generation;
};

Napi::Function Decoder::define(Napi::Env env) {
    return DefineClass(
        env, "Decoder",
        {
            InstanceMethod("evaluate", &Decoder::evaluate),
            InstanceMethod("generate", &Decoder::generate),
            InstanceMethod("keep", &Decoder::keep),
            InstanceMethod("rememberState", &Decoder::rememberState),
            InstanceMethod("stop", &Decoder::stop),
            InstanceMethod("useThreads", &Decoder::useThreads),
            InstanceMethod("record", &Decoder::record),
            InstanceMethod("expertCounts", &Decoder::expertCounts),
            InstanceMethod("pieces", &Decoder::pieces),
            InstanceMethod("length", &Decoder::length),
            InstanceMethod("dispose", &Decoder::dispose),
        });
}

Decoder::Decoder(const Napi::CallbackInfo & info) : Napi::ObjectWrap<Decoder>(info) {
    const auto given = info[0].As<Napi::Object>();
    context = Napi::ObjectWrap<AddonContext>::Unwrap(given)->ctx;
    if (context == nullptr) throw Napi::Error::New(info.Env(), "the context is not loaded");
    contextReference = Napi::Persistent(given);
    const auto sequence = info[1].As<Napi::Number>().Int32Value();
    decoding = std::make_unique<Decoding>(context, sequence);
}

Decoding & Decoder::ready(Napi::Env env) {
    if (!decoding) throw Napi::Error::New(env, "the decoder is disposed");
    if (busy) throw Napi::Error::New(env, "the decoder is at work");
    return *decoding;
}

Napi::Value Decoder::evaluate(const Napi::CallbackInfo & info) {
    ready(info.Env()).begin();
    std::vector<llama_token> tokens = tokensOf(info[0]);
    const Logits logits = logitsOf(info[1].As<Napi::String>().Utf8Value());
    auto * worker = new EvaluateWorker(*this, info[2].As<Napi::Function>(), std::move(tokens), logits);
    busy = true;
    worker->Queue();
    return worker->promise();
}

Napi::Value Decoder::generate(const Napi::CallbackInfo & info) {
    ready(info.Env()).begin();
    const auto limit = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
    const bool endless = info[3].ToBoolean();
    auto * worker = new GenerateWorker(
        *this, info[2].As<Napi::Function>(), info[0].As<Napi::Object>(), limit, endless);
    busy = true;
    worker->Queue();
    return worker->promise();
}

Napi::Value Decoder::keep(const Napi::CallbackInfo & info) {
    const auto tokens = static_cast<size_t>(info[0].As<Napi::Number>().Int64Value());
    const size_t kept = ready(info.Env()).keep(tokens);
    return Napi::Number::New(info.Env(), static_cast<double>(kept));
}

Napi::Value Decoder::rememberState(const Napi::CallbackInfo & info) {
    ready(info.Env()).rememberState();
    return info.Env().Undefined();
}

Napi::Value Decoder::stop(const Napi::CallbackInfo & info) {
    if (decoding) decoding->stop();
    return info.Env().Undefined();
}

Napi::Value Decoder::useThreads(const Napi::CallbackInfo & info) {
    ready(info.Env());
    const auto given = info[0].As<Napi::Object>();
    const auto number = [&](const char * name) { return given.Get(name).As<Napi::Number>().Int32Value(); };
    ThreadUse use;
    use.threads = std::max(1, number("threads"));
    use.batchThreads = std::max(1, number("batchThreads"));
    use.poll = std::clamp(number("poll"), 0, 100);
    use.priority = std::clamp(number("priority"), -1, 2);
    use.freeCores = std::max(0, number("freeCores"));
    try {
        threadPools.push_back(std::make_unique<ThreadPool>(context, use));
    } catch (const std::exception & thrown) {
        throw Napi::Error::New(info.Env(), thrown.what());
    }
    return info.Env().Undefined();
}

Napi::Value Decoder::record(const Napi::CallbackInfo & info) {
    Decoding & work = ready(info.Env());
    work.recorder.enable(info[0].As<Napi::Boolean>().Value());
    return Napi::Boolean::New(info.Env(), work.recorder.isEnabled());
}

Napi::Value Decoder::expertCounts(const Napi::CallbackInfo & info) {
    Napi::Env env = info.Env();
    Napi::Array layers = Napi::Array::New(env);
    for (const auto & [layer, values] : ready(env).recorder.counts()) {
        Napi::Array counts = Napi::Array::New(env, values.size());
        for (uint32_t expert = 0; expert < values.size(); ++expert) {
            counts.Set(expert, Napi::Number::New(env, static_cast<double>(values[expert])));
        }
        Napi::Object object = Napi::Object::New(env);
        object.Set("layer", Napi::Number::New(env, layer));
        object.Set("counts", counts);
        layers.Set(layers.Length(), object);
    }
    return layers;
}

Napi::Value Decoder::pieces(const Napi::CallbackInfo & info) {
    const std::vector<std::string> texts = ready(info.Env()).pieces(tokensOf(info[0]));
    Napi::Array array = Napi::Array::New(info.Env(), texts.size());
    for (uint32_t index = 0; index < texts.size(); ++index) {
        array.Set(index, Napi::String::New(info.Env(), texts[index]));
    }
    return array;
}

Napi::Value Decoder::length(const Napi::CallbackInfo & info) {
    return Napi::Number::New(info.Env(), static_cast<double>(ready(info.Env()).length()));
}

Napi::Value Decoder::dispose(const Napi::CallbackInfo & info) {
    if (busy) throw Napi::Error::New(info.Env(), "the decoder is at work");
    decoding.reset();
    llama_detach_threadpool(context);
    threadPools.clear();
    contextReference.Reset();
    return info.Env().Undefined();
}

}  // namespace moewe
