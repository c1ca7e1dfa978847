/* read.h: from the bytes of a message (or of a bare document) to record lines. */
#ifndef SHOUWEN_FILTERS_READ_H
#define SHOUWEN_FILTERS_READ_H

#include "engine/engine.h"
#include "request.h"

typedef struct {
    const Kinds *kinds;
    void (*risky)(void); /* called before a reader of RISK_HIGH: this process must not serve again */
} ReadSetup;

/* Answers REQUEST about LENGTH BYTES on FD: with record lines, or with what was asked for of one document. */
void read_answer(const ReadSetup *setup, const Request *request, const guint8 *bytes, gsize length, int fd);

#endif
