/* The conveniences of floorbus.h as functions of the library, for languages that have no C compiler
 * at hand. scripts/embedded-code compiles it; no program needs it. */
#define FLOORBUS_INLINE FLOORBUS_API
#include "floorbus.h"
