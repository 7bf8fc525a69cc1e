#include "text-pieces.h"

#include <utility>

namespace moewe {

namespace {

/** Bytes of the character that begins with `lead`; 1 for anything that is no beginning. */
size_t characterBytes(unsigned char lead) {
    if (lead >= 0xf0) return 4;
    if (lead >= 0xe0) return 3;
    return lead >= 0xc0 ? 2 : 1;
}

/** How many bytes at the end of `text` belong to a character that is not whole (UTF-8, RFC 3629). */
size_t unfinishedBytes(const std::string & text) {
    for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        return characterBytes(byte) > back ? back : 0;
    }
    return 0;
}

std::string pieceOf(const llama_vocab * vocabulary, llama_token token) {
    std::string piece(32, '\0');
    int32_t length = llama_token_to_piece(vocabulary, token, piece.data(), piece.size(), 0, true);
    if (length < 0) {
        piece.resize(static_cast<size_t>(-length));
        length = llama_token_to_piece(vocabulary, token, piece.data(), piece.size(), 0, true);
    }
    piece.resize(static_cast<size_t>(length));
    return piece;
}

}  // namespace

std::string TextPieces::next(llama_token token) {
    std::string text = std::exchange(waiting, {}) + pieceOf(vocabulary, token);
    const size_t whole = text.size() - unfinishedBytes(text);
    waiting = text.substr(whole);
    text.resize(whole);
    return text;
}

std::string TextPieces::rest() {
    return std::exchange(waiting, {});
}

}  // namespace moewe
