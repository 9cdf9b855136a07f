#ifndef CPOSIX_H
#define CPOSIX_H
#include <stdint.h>
#endif
