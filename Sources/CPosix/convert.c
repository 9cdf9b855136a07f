/* Text of other encodings, by the system's iconv(3). */
#include "cposix.h"

#include <iconv.h>
#include <stdlib.h>

struct floor_posix_converter {
    iconv_t conversion;
};

floor_posix_converter_t *floor_posix_converter_open(const char *to, const char *from) {
    iconv_t conversion = iconv_open(to, from);
    if (conversion == (iconv_t)-1) return NULL;
    floor_posix_converter_t *converter = malloc(sizeof *converter);
    if (converter == NULL) {
        iconv_close(conversion);
        return NULL;
    }
    converter->conversion = conversion;
    return converter;
}

void floor_posix_converter_close(floor_posix_converter_t *converter) {
    iconv_close(converter->conversion);
    free(converter);
}

/* Bytes of the UTF-8 character that starts here; its text is well-formed. */
static size_t character_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

int64_t floor_posix_convert(
    floor_posix_converter_t *converter, const void *bytes, size_t count, void *out,
    size_t capacity, int substitutes, size_t *position) {
    /* POSIX has char **, although the text is not written to. */
    char *from = (char *)(uintptr_t)bytes;
    char *to = out;
    size_t left = count, room = capacity;
    iconv(converter->conversion, NULL, NULL, NULL, NULL);
    while (left > 0) {
        if (iconv(converter->conversion, &from, &left, &to, &room) != (size_t)-1) continue;
        if (errno == E2BIG) return -E2BIG;
        if (!substitutes) {
            *position = count - left;
            return -EILSEQ;
        }
        size_t skipped = character_bytes((unsigned char)*from);
        if (room == 0) return -E2BIG;
        *to++ = '?';
        room--;
        if (skipped > left) skipped = left;
        from += skipped;
        left -= skipped;
    }
    return (int64_t)(capacity - room);
}
