/* A library that is wrong as a whole, in the way that the macro CASE says. */
#include "standoff.h"

#include <string.h>

#define PLUGIN(name) "{\"manifest\":{\"name\":\"" name "\",\"version\":\"1\",\"summary\":\"\"},\"layers\":{}}"

static const char description[] =
#if CASE == 1
    "";
#elif CASE == 2
    "{\"plugins\":[";
#elif CASE == 3
    "{\"plugins\":[]}";
#elif CASE == 4
    "{\"plugins\":[" PLUGIN("twin") "," PLUGIN("twin") "]}";
#elif CASE == 5
    "{\"plugins\":[{\"manifest\":{\"name\":\"mute\",\"version\":\"1\",\"summary\":\"\"}}]}";
#elif CASE == 6
    "{\"plugins\":[" PLUGIN("tokenizer") "]}";
#elif CASE == 7
    "{\"plugins\":[" PLUGIN("\xff") "]}";
#elif CASE == 8
    "{\"plugins\":[" PLUGIN("Not A Name") "]}";
#else
    "{\"plugins\":[" PLUGIN("hollow") "]}";
#endif

#if CASE == 9
int32_t standoff_test_nobody_has_this(void);
#endif

static int32_t describe(const standoff_reply *reply) {
    standoff_str text = {(const uint8_t *)description, sizeof description - 1};
#if CASE == 9
    return standoff_test_nobody_has_this();
#endif
#if CASE == 10
    text.data = (const uint8_t *)"not today";
    text.len = 9;
    reply->write(reply->context, text);
    return STANDOFF_ERROR;
#endif
    reply->write(reply->context, text);
    return STANDOFF_OK;
}

static int32_t create(standoff_str plugin, standoff_str settings, standoff_str folder, const standoff_reply *reply, void **annotator) {
    (void)plugin, (void)settings, (void)folder, (void)reply, (void)annotator;
    return STANDOFF_OK;
}

static int32_t annotate(void *annotator, const standoff_document *document, const standoff_sink *sink, const standoff_reply *reply) {
    (void)annotator, (void)document, (void)sink, (void)reply;
    return STANDOFF_OK;
}

#if CASE == 11
#define MAJOR 2
#else
#define MAJOR STANDOFF_MAJOR
#endif
#if CASE == 12
#define SIZE 24
#else
#define SIZE sizeof(standoff_plugin_v1)
#endif
#if CASE == 13
#define FIRST 's'
#else
#define FIRST 'S'
#endif
#if CASE == 14
#define CREATE NULL
#else
#define CREATE create
#endif
#if CASE == 15
#define DESCRIBE NULL
#else
#define DESCRIBE describe
#endif
#if CASE == 16
#define NAME STANDOFF_PLUGIN_V2
#elif CASE == 17
#define NAME nothing_to_see
#else
#define NAME STANDOFF_PLUGIN_V1
#endif

STANDOFF_EXPORT const standoff_plugin_v1 NAME = {
    {FIRST, 'T', 'A', 'N', 'D', 'O', 'F', 'F'}, MAJOR, STANDOFF_MINOR, SIZE, 0, DESCRIBE, NULL, CREATE, annotate, NULL, NULL, NULL};

/* What a case leaves unused. */
STANDOFF_EXPORT const void *const standoff_test_unused[] = {(const void *)(size_t)describe, (const void *)(size_t)create};

#if CASE == 18
int main(void) {
    return 0;
}
#endif
