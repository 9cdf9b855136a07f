/* Code that is loaded when it is first used, by dlopen(3). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif
#include "cposix.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* In the target FloorHubC; there when a program links it statically. */
extern int32_t floor_hub_make(const char *build, floor_memory_t *memory, void *wish)
    __attribute__((weak));
/* From scripts/build-c-library. */
extern const char floor_build_name[] __attribute__((weak));

const char *floor_posix_build(void) {
    return floor_build_name != NULL ? floor_build_name : "";
}

/* Where `library` would lie beside the file this function is in. */
static int path_beside(const char *library, char *path, size_t capacity) {
    Dl_info here;
    const void *self = (const void *)(uintptr_t)&floor_posix_hub_entry;
    if (dladdr(self, &here) == 0 || here.dli_fname == NULL) return 0;
    const char *slash = strrchr(here.dli_fname, '/');
    if (slash == NULL) return 0;
    int count = snprintf(
        path, capacity, "%.*s/%s", (int)(slash - here.dli_fname), here.dli_fname, library);
    return count > 0 && (size_t)count < capacity;
}

floor_posix_hub_entry_t floor_posix_hub_entry(const char *library, const char **why) {
    if (&floor_hub_make != NULL) return &floor_hub_make;
    char path[PATH_MAX];
    void *handle = NULL;
    *why = "";
    if (path_beside(library, path, sizeof path)) handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    void *found = handle == NULL ? NULL : dlsym(handle, "floor_hub_make");
    if (found == NULL) {
        const char *said = dlerror();
        if (said != NULL) *why = said;
    }
    /* POSIX says that this is a function's address; ISO C has no conversion for it. */
    floor_posix_hub_entry_t entry;
    memcpy(&entry, &found, sizeof entry);
    return entry;
}
