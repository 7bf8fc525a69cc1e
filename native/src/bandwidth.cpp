#include "bandwidth.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace moewe {

namespace {

using Clock = std::chrono::steady_clock;

/** Eight sums at once, so that waiting for memory is all that takes time. */
uint64_t readAll(const uint64_t * values, size_t count) {
    uint64_t sums[8] = {};
    for (size_t index = 0; index + 8 <= count; index += 8) {
        for (size_t lane = 0; lane < 8; ++lane) sums[lane] += values[index + lane];
    }
    uint64_t sum = 0;
    for (const uint64_t lane : sums) sum += lane;
    return sum;
}

/** Seconds that `threads` threads take to read `values` once, each its own part. */
double readTogether(const std::vector<uint64_t> & values, size_t threads, std::atomic<uint64_t> & sink) {
    const size_t part = values.size() / threads;
    std::vector<std::thread> running;
    const auto begin = Clock::now();
    for (size_t index = 0; index < threads; ++index) {
        running.emplace_back([&, index] { sink += readAll(values.data() + index * part, part); });
    }
    for (std::thread & thread : running) thread.join();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

class BandwidthWorker : public Napi::AsyncWorker {
public:
    BandwidthWorker(Napi::Env env, size_t bytes, size_t threads, double milliseconds)
        : Napi::AsyncWorker(env),
          deferred(Napi::Promise::Deferred::New(env)),
          bytes(bytes),
          threads(threads),
          milliseconds(milliseconds) {}

    Napi::Promise promise() { return deferred.Promise(); }

    void Execute() override {
        const auto end = Clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
        // Written first, so that every page exists; zeros would share one page.
        std::vector<uint64_t> values(bytes / sizeof(uint64_t), 0x9e3779b97f4a7c15);
        std::atomic<uint64_t> sink{0};
        do {
            best = std::max(best, static_cast<double>(bytes) / readTogether(values, threads, sink));
        } while (Clock::now() < end);
        kept = sink;
    }

    void OnOK() override { deferred.Resolve(Napi::Number::New(Env(), best)); }
    void OnError(const Napi::Error & error) override { deferred.Reject(error.Value()); }

private:
    Napi::Promise::Deferred deferred;
    size_t bytes;
    size_t threads;
    double milliseconds;
    double best = 0;
    /** Keeps the compiler from leaving the reading out. */
    volatile uint64_t kept = 0;
};

}  // namespace

Napi::Value measureBandwidth(const Napi::CallbackInfo & info) {
    const auto bytes = static_cast<size_t>(info[0].As<Napi::Number>().Int64Value());
    const auto threads = static_cast<size_t>(std::max(1, info[1].As<Napi::Number>().Int32Value()));
    const double milliseconds = info[2].As<Napi::Number>().DoubleValue();
    auto * worker = new BandwidthWorker(info.Env(), bytes, threads, milliseconds);
    worker->Queue();
    return worker->promise();
}

}  // namespace moewe
