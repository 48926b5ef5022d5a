/* The contract between standoff and its plugins, version 1, in C.
 *
 * A plugin is a shared library that exports one data symbol, STANDOFF_PLUGIN_V1 (see the end of this file).
 *
 * - What one side hands over is borrowed for the length of the call; the other side copies what it keeps. Neither frees
 *   what is not its own.
 * - Every struct that starts with `size` must have it set to its sizeof. Later minor versions append fields: look no
 *   further than `size` says.
 * - Strings are UTF-8 with a length, not terminated. A standoff_str with a null `data` is an absent string. Other null
 *   pointers are allowed where the length beside them is 0, and in the place of a column without values.
 * - Offsets are bytes of the text, half-open, on the boundaries of characters.
 * - `annotate` and `explain` are called from any thread, several at once. The functions of a sink and of a reply may be
 *   called only on the thread of the call that they were given to, and only until it returns. No exception and no
 *   longjmp may cross.
 * - A validity bitmap has bit `i % 8` of byte `i / 8` set where row `i` has a value.
 *
 * The Rust side of this file is the module `v1` of the crate standoff-abi.
 */
#ifndef STANDOFF_H
#define STANDOFF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STANDOFF_MAJOR 1
#define STANDOFF_MINOR 0

/* Status of a call. */
#define STANDOFF_OK 0
#define STANDOFF_ERROR 1
#define STANDOFF_PANIC 2

/* Flag of a library that takes the host down when it panics. */
#define STANDOFF_ABORTS_ON_PANIC 1u
/* Flag of a schema whose rows have spans. */
#define STANDOFF_HAS_SPANS 1u
/* Flag of an attribute that rows may lack. */
#define STANDOFF_OPTIONAL 1u

/* Kinds of columns, and what they hold. */
#define STANDOFF_KIND_U32 1u      /* values: uint32_t */
#define STANDOFF_KIND_I64 2u      /* values: int64_t */
#define STANDOFF_KIND_F64 3u      /* values: double */
#define STANDOFF_KIND_BOOL 4u     /* values: uint8_t, 0 or 1 */
#define STANDOFF_KIND_SYMBOL 5u   /* values: uint32_t, codes of the dictionary */
#define STANDOFF_KIND_TEXT 6u     /* offsets divide bytes */
#define STANDOFF_KIND_REF 7u      /* values: standoff_row_ref */
#define STANDOFF_KIND_REF_LIST 8u /* offsets divide values: standoff_row_ref */
#define STANDOFF_KIND_NAMED 9u    /* offsets divide values (standoff_row_ref, NONE for a string), names and strings (codes) */

/* UTF-8 with a length. A null pointer is an absent string. */
typedef struct standoff_str {
    const uint8_t *data;
    size_t len;
} standoff_str;

/* The address of a row: a segment of the document, and a row of it. Both are UINT32_MAX where there is none. */
typedef struct standoff_row_ref {
    uint32_t segment;
    uint32_t row;
} standoff_row_ref;

/* One attribute of a layer. `target`: for references, the one layer that they point into. */
typedef struct standoff_attribute {
    uint32_t size;
    uint32_t kind;
    uint32_t flags;
    uint32_t reserved;
    standoff_str name;
    standoff_str target;
} standoff_attribute;

/* The shape of a layer; the attributes are in the order of the columns. */
typedef struct standoff_schema {
    uint32_t size;
    uint32_t flags;
    standoff_str name;
    const standoff_attribute *const *attributes;
    size_t attributes_len;
} standoff_schema;

/* One attribute of some rows. Texts and lists have one offset more than there are rows, from 0 on. */
typedef struct standoff_column {
    uint32_t size;
    uint32_t kind;
    const uint8_t *validity; /* absent where all rows have a value */
    size_t validity_len;     /* in bytes */
    const void *values;      /* values, codes or items */
    size_t values_len;
    const uint32_t *offsets;
    size_t offsets_len;
    standoff_str bytes;      /* for texts: all strings, one after another */
    const uint32_t *names;   /* for named values: the code of each item's name */
    const uint32_t *strings; /* for named values: the code of each item's string */
    const uint32_t *dictionary_offsets; /* for symbols and named values: one more than there are strings */
    size_t dictionary_offsets_len;
    standoff_str dictionary; /* its strings, one after another */
} standoff_column;

/* Some rows of a layer. */
typedef struct standoff_rows {
    uint32_t size;
    uint32_t layer; /* for rows that a plugin gives: which of the layers that it declares to give, from 0 */
    size_t len;
    const uint32_t *starts; /* null in a layer without spans */
    const uint32_t *ends;
    const standoff_column *const *columns; /* null for a column that all rows lack */
    size_t columns_len;
    const standoff_column *rules;  /* the rule that made each row, as symbols; may be null */
    const standoff_column *scores; /* the score of each row, as floats; may be null */
} standoff_rows;

/* Who made a segment. */
typedef struct standoff_provenance {
    uint32_t size;
    uint32_t flags;
    standoff_str annotator;
    standoff_str version;
    standoff_str settings;
} standoff_provenance;

/* What one annotator gave to one layer. */
typedef struct standoff_segment {
    uint32_t size;
    uint32_t made_by; /* a number in the document's `made_by` */
    const standoff_schema *schema;
    const standoff_rows *rows;
} standoff_segment;

/* A row that is taken back, and by which rule. `by` has no meaning in what a plugin gives. */
typedef struct standoff_retraction {
    uint32_t size;
    uint32_t by;
    standoff_row_ref row;
    standoff_str rule;
} standoff_retraction;

/* A document. The number of a segment, from 0, is the one that row addresses name; the layers that the plugin gives get
 * the numbers that follow, in the order in which it declares them. */
typedef struct standoff_document {
    uint32_t size;
    uint32_t flags;
    standoff_str id;
    standoff_str text;
    standoff_str date;     /* the document's own date, ISO 8601 */
    standoff_str language; /* BCP 47 */
    standoff_str source;
    standoff_str fields;   /* other metadata, a JSON object */
    const standoff_segment *const *segments;
    size_t segments_len;
    const standoff_provenance *const *made_by;
    size_t made_by_len;
    const standoff_retraction *const *retractions;
    size_t retractions_len;
} standoff_document;

/* Takes what a plugin gives for one document. If a function answers anything but STANDOFF_OK, return STANDOFF_ERROR. */
typedef struct standoff_sink {
    uint32_t size;
    uint32_t flags;
    void *context;
    int32_t (*append)(void *context, const standoff_rows *rows);
    int32_t (*retract)(void *context, const standoff_retraction *retraction);
} standoff_sink;

/* Takes text: an answer, or on failure the reason, which is a sentence or a JSON object with `message` and, where they
 * are known, `kind`, `setting`, `file`, `line`, `column` and `help`. */
typedef struct standoff_reply {
    uint32_t size;
    uint32_t flags;
    void *context;
    void (*write)(void *context, standoff_str text);
} standoff_reply;

/* The table that the entry symbol is. `size` is that of the whole table. */
typedef struct standoff_plugin_v1 {
    uint8_t magic[8]; /* "STANDOFF" */
    uint32_t major;
    uint32_t minor;
    uint32_t size;
    uint32_t flags;
    /* Writes {"plugins":[{"manifest":{"name":…,"version":…,"summary":…},"settings_schema":{…},"layers":{…}}]}.
     * A layer that is given: {"name":…,"spans":true,"attributes":[{"name":…,"kind":"u32"}]}; kinds are u32, i64, f64,
     * bool, symbol, text, ref, ref_list, named; `optional` and `target` may stand beside. */
    int32_t (*describe)(const standoff_reply *reply);
    /* Writes {"needs":[…],"uses":[…],"gives":[…],"revises":[…]}. Null if that does not depend on the settings. */
    int32_t (*layers)(standoff_str plugin, standoff_str settings, const standoff_reply *reply);
    /* Builds an annotator. `settings` is a JSON object; relative paths in it start at `folder`. */
    int32_t (*create)(standoff_str plugin, standoff_str settings, standoff_str folder, const standoff_reply *reply,
                      void **annotator);
    /* Annotates a document. On anything but STANDOFF_OK all rows of the call are dropped. */
    int32_t (*annotate)(void *annotator, const standoff_document *document, const standoff_sink *sink,
                        const standoff_reply *reply);
    /* Writes [{"id":…,"summary":…,"example":…,"place":…}]. May be null. */
    int32_t (*rules)(void *annotator, const standoff_reply *reply);
    /* Writes why it finds what it finds; `rule` is absent for all rules. May be null. */
    int32_t (*explain)(void *annotator, const standoff_document *document, standoff_str rule, const standoff_reply *reply);
    /* Ends an annotator. May be null. */
    void (*destroy)(void *annotator);
} standoff_plugin_v1;

#if defined(_WIN32)
#define STANDOFF_EXPORT __declspec(dllexport)
#else
#define STANDOFF_EXPORT __attribute__((visibility("default")))
#endif

/* What a plugin defines, with STANDOFF_EXPORT in front:
 *
 *     STANDOFF_EXPORT const standoff_plugin_v1 STANDOFF_PLUGIN_V1 = {
 *         {'S', 'T', 'A', 'N', 'D', 'O', 'F', 'F'}, STANDOFF_MAJOR, STANDOFF_MINOR, sizeof(standoff_plugin_v1), 0,
 *         describe, NULL, create, annotate, NULL, NULL, NULL};
 */
extern STANDOFF_EXPORT const standoff_plugin_v1 STANDOFF_PLUGIN_V1;

#ifdef __cplusplus
}
#endif

#endif
