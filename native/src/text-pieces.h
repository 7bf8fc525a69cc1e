/** Turns tokens into text piece by piece, without ever cutting a character in two. */
#pragma once

#include <string>

#include "llama.h"

namespace moewe {

class TextPieces {
public:
    explicit TextPieces(const llama_vocab * vocabulary) : vocabulary(vocabulary) {}

    /**
     * The text that `token` completes, special tokens by their names. Bytes of an unfinished
     * character wait for the token that finishes it.
     */
    std::string next(llama_token token);

    /** What still waits at the end; not a whole character. */
    std::string rest();

private:
    const llama_vocab * vocabulary;
    std::string waiting;
};

}  // namespace moewe
