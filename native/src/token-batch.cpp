#include "token-batch.h"

#include <algorithm>

namespace moewe {

namespace {

template <typename Array, typename Value>
Array toTypedArray(Napi::Env env, const std::vector<Value> & values) {
    Array array = Array::New(env, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
}

}  // namespace

Napi::Object toObject(Napi::Env env, const TokenBatch & batch) {
    Napi::Array pieces = Napi::Array::New(env, batch.pieces.size());
    for (uint32_t index = 0; index < batch.pieces.size(); ++index) {
        pieces.Set(index, Napi::String::New(env, batch.pieces[index]));
    }
    Napi::Object routing = Napi::Object::New(env);
    routing.Set("layers", toTypedArray<Napi::Int32Array>(env, batch.trace.layers));
    routing.Set("usedCount", Napi::Number::New(env, static_cast<double>(batch.trace.used)));
    routing.Set("tokens", Napi::Number::New(env, static_cast<double>(batch.trace.tokens)));
    routing.Set("experts", toTypedArray<Napi::Uint16Array>(env, batch.trace.experts));
    routing.Set("weights", toTypedArray<Napi::Uint8Array>(env, batch.trace.weights));
    Napi::Object object = Napi::Object::New(env);
    object.Set("tokens", toTypedArray<Napi::Int32Array>(env, batch.tokens));
    object.Set("pieces", pieces);
    object.Set("control", toTypedArray<Napi::Uint8Array>(env, batch.control));
    object.Set("evaluated", Napi::Number::New(env, static_cast<double>(batch.evaluated)));
    object.Set("routing", routing);
    return object;
}

}  // namespace moewe
