/* What the probes share: checks that name file and line, and a thread's deadline. */
#ifndef PROBE_H_INCLUDED
#define PROBE_H_INCLUDED
#include <floorbus.h>
#include <stdio.h>
#include <stdlib.h>

static int probe_failures;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            probe_failures++;                                                     \
        }                                                                         \
    } while (0)

/* Checks a call's status and tells the library's sentence when it is another. */
#define EXPECT(call, expected)                                                    \
    do {                                                                          \
        floorbus_status probe_status = (call);                                    \
        if (probe_status != (expected)) {                                         \
            char probe_sentence[512];                                             \
            floorbus_last_error(probe_sentence, sizeof probe_sentence);           \
            fprintf(                                                              \
                stderr, "%s:%d: %s is %d, not %s: %s\n", __FILE__, __LINE__, #call, \
                (int)probe_status, #expected, probe_sentence);                    \
            probe_failures++;                                                     \
        }                                                                         \
    } while (0)

static int probe_end(void) { return probe_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE; }

#endif
