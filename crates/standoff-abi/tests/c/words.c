/* A plugin in C. It finds words (runs of bytes above the space), writes an attribute of every kind, in chunks of four
 * rows, and takes back the first row of the layer `sentence`. */
#include "standoff.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 4

static standoff_str text_of(const char *s) {
    standoff_str str = {(const uint8_t *)s, strlen(s)};
    return str;
}

static int32_t describe(const standoff_reply *reply) {
    static const char manifest[] =
        "{\"plugins\":[{\"manifest\":{\"name\":\"c-words\",\"version\":\"0.1\",\"summary\":\"Words, in C.\"},"
        "\"layers\":{\"uses\":[{\"name\":\"sentence\"}],\"revises\":[\"sentence\"],"
        "\"gives\":[{\"name\":\"c-word\",\"spans\":true,\"attributes\":["
        "{\"name\":\"length\",\"kind\":\"u32\"},{\"name\":\"offset\",\"kind\":\"i64\"},{\"name\":\"weight\",\"kind\":\"f64\"},"
        "{\"name\":\"even\",\"kind\":\"bool\",\"optional\":true},{\"name\":\"kind\",\"kind\":\"symbol\"},"
        "{\"name\":\"copy\",\"kind\":\"text\"},{\"name\":\"previous\",\"kind\":\"ref\",\"optional\":true,\"target\":\"c-word\"},"
        "{\"name\":\"both\",\"kind\":\"ref_list\"},{\"name\":\"named\",\"kind\":\"named\"},"
        "{\"name\":\"never\",\"kind\":\"text\",\"optional\":true}]}]}}]}";
    reply->write(reply->context, text_of(manifest));
    return STANDOFF_OK;
}

static int32_t create(standoff_str plugin, standoff_str settings, standoff_str folder, const standoff_reply *reply, void **annotator) {
    (void)plugin;
    (void)folder;
    /* Any settings but an empty object are refused, with the setting named. */
    if (settings.len != 2) {
        reply->write(reply->context, text_of("{\"kind\":\"settings\",\"message\":\"there are no settings\",\"setting\":\"any\"}"));
        return STANDOFF_ERROR;
    }
    *annotator = malloc(1);
    return STANDOFF_OK;
}

static void destroy(void *annotator) {
    free(annotator);
}

static standoff_column column(uint32_t kind, const void *values, size_t len) {
    standoff_column c;
    memset(&c, 0, sizeof c);
    c.size = sizeof c;
    c.kind = kind;
    c.values = values;
    c.values_len = len;
    return c;
}

static int32_t flush(const standoff_document *document, const standoff_sink *sink, uint32_t first, size_t n, const uint32_t *starts,
                     const uint32_t *ends) {
    static const char kinds[] = "shortlong";
    static const uint32_t kind_offsets[] = {0, 5, 9};
    static const char names[] = "selfsays";
    static const uint32_t name_offsets[] = {0, 4, 8};
    uint32_t own = (uint32_t)document->segments_len;
    uint32_t length[CHUNK], kind[CHUNK], copy_offsets[CHUNK + 1], list_offsets[CHUNK + 1], named_offsets[CHUNK + 1];
    uint32_t named_names[2 * CHUNK], named_strings[2 * CHUNK];
    int64_t offset[CHUNK];
    double weight[CHUNK];
    uint8_t even[CHUNK], even_valid[1] = {0}, previous_valid[1] = {0};
    standoff_row_ref previous[CHUNK], both[2 * CHUNK], named[2 * CHUNK];
    uint32_t rule[CHUNK];
    char copies[1024];
    standoff_row_ref none = {UINT32_MAX, UINT32_MAX};
    size_t i, items = 0;
    copy_offsets[0] = list_offsets[0] = named_offsets[0] = 0;
    for (i = 0; i < n; i++) {
        uint32_t number = first + (uint32_t)i, len = ends[i] - starts[i];
        standoff_row_ref self = {own, number}, before = {own, number - 1};
        length[i] = len;
        offset[i] = -(int64_t)starts[i];
        weight[i] = len / 2.0;
        even[i] = 1;
        even_valid[0] |= (uint8_t)((number % 2 == 0) << i);
        kind[i] = len > 3;
        if (copy_offsets[i] + len > sizeof copies) return STANDOFF_ERROR;
        memcpy(copies + copy_offsets[i], document->text.data + starts[i], len);
        copy_offsets[i + 1] = copy_offsets[i] + len;
        previous[i] = number ? before : none;
        previous_valid[0] |= (uint8_t)((number != 0) << i);
        both[items++] = self;
        if (number) both[items++] = before;
        list_offsets[i + 1] = (uint32_t)items;
        named[2 * i] = self;
        named[2 * i + 1] = none;
        named_names[2 * i] = named_strings[2 * i] = 0;
        named_names[2 * i + 1] = named_strings[2 * i + 1] = 1;
        named_offsets[i + 1] = (uint32_t)(2 * i + 2);
        rule[i] = kind[i];
    }
    standoff_column c[9];
    c[0] = column(STANDOFF_KIND_U32, length, n);
    c[1] = column(STANDOFF_KIND_I64, offset, n);
    c[2] = column(STANDOFF_KIND_F64, weight, n);
    c[3] = column(STANDOFF_KIND_BOOL, even, n);
    c[3].validity = even_valid;
    c[3].validity_len = 1;
    c[4] = column(STANDOFF_KIND_SYMBOL, kind, n);
    c[4].dictionary_offsets = kind_offsets;
    c[4].dictionary_offsets_len = 3;
    c[4].dictionary = text_of(kinds);
    c[5] = column(STANDOFF_KIND_TEXT, NULL, 0);
    c[5].offsets = copy_offsets;
    c[5].offsets_len = n + 1;
    c[5].bytes.data = (const uint8_t *)copies;
    c[5].bytes.len = copy_offsets[n];
    c[6] = column(STANDOFF_KIND_REF, previous, n);
    c[6].validity = previous_valid;
    c[6].validity_len = 1;
    c[7] = column(STANDOFF_KIND_REF_LIST, both, items);
    c[7].offsets = list_offsets;
    c[7].offsets_len = n + 1;
    c[8] = column(STANDOFF_KIND_NAMED, named, 2 * n);
    c[8].offsets = named_offsets;
    c[8].offsets_len = n + 1;
    c[8].names = named_names;
    c[8].strings = named_strings;
    c[8].dictionary_offsets = name_offsets;
    c[8].dictionary_offsets_len = 3;
    c[8].dictionary = text_of(names);
    standoff_column rules = c[4];
    rules.values = rule;
    standoff_column scores = c[2];
    const standoff_column *columns[10] = {&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8], NULL};
    standoff_rows rows;
    memset(&rows, 0, sizeof rows);
    rows.size = sizeof rows;
    rows.len = n;
    rows.starts = starts;
    rows.ends = ends;
    rows.columns = columns;
    rows.columns_len = 10;
    rows.rules = &rules;
    rows.scores = &scores;
    return sink->append(sink->context, &rows);
}

static int32_t annotate(void *annotator, const standoff_document *document, const standoff_sink *sink, const standoff_reply *reply) {
    uint32_t starts[CHUNK], ends[CHUNK], first = 0;
    size_t n = 0, i, at = 0;
    (void)annotator;
    (void)reply;
    for (i = 0; i < document->segments_len; i++) {
        const standoff_segment *segment = document->segments[i];
        if (segment->schema->name.len == 8 && !memcmp(segment->schema->name.data, "sentence", 8) && segment->rows->len) {
            standoff_retraction retraction;
            memset(&retraction, 0, sizeof retraction);
            retraction.size = sizeof retraction;
            retraction.row.segment = (uint32_t)i;
            retraction.rule = text_of("first");
            if (sink->retract(sink->context, &retraction) != STANDOFF_OK) return STANDOFF_ERROR;
        }
    }
    while (at < document->text.len) {
        if (document->text.data[at] <= ' ') {
            at++;
            continue;
        }
        starts[n] = (uint32_t)at;
        while (at < document->text.len && document->text.data[at] > ' ') at++;
        ends[n++] = (uint32_t)at;
        if (n == CHUNK) {
            if (flush(document, sink, first, n, starts, ends) != STANDOFF_OK) return STANDOFF_ERROR;
            first += CHUNK;
            n = 0;
        }
    }
    return n ? flush(document, sink, first, n, starts, ends) : STANDOFF_OK;
}

STANDOFF_EXPORT const standoff_plugin_v1 STANDOFF_PLUGIN_V1 = {
    {'S', 'T', 'A', 'N', 'D', 'O', 'F', 'F'}, STANDOFF_MAJOR, STANDOFF_MINOR, sizeof(standoff_plugin_v1), 0,
    describe, NULL, create, annotate, NULL, NULL, destroy};

/* The layout of every struct as this compiler has it: size, then the offsets of its fields. */
#define AT(type, field) offsetof(type, field)
STANDOFF_EXPORT const size_t standoff_test_layout[] = {
    sizeof(standoff_str), AT(standoff_str, data), AT(standoff_str, len),
    sizeof(standoff_row_ref), AT(standoff_row_ref, segment), AT(standoff_row_ref, row),
    sizeof(standoff_attribute), AT(standoff_attribute, size), AT(standoff_attribute, kind), AT(standoff_attribute, flags),
    AT(standoff_attribute, reserved), AT(standoff_attribute, name), AT(standoff_attribute, target),
    sizeof(standoff_schema), AT(standoff_schema, size), AT(standoff_schema, flags), AT(standoff_schema, name),
    AT(standoff_schema, attributes), AT(standoff_schema, attributes_len),
    sizeof(standoff_column), AT(standoff_column, size), AT(standoff_column, kind), AT(standoff_column, validity),
    AT(standoff_column, validity_len), AT(standoff_column, values), AT(standoff_column, values_len), AT(standoff_column, offsets),
    AT(standoff_column, offsets_len), AT(standoff_column, bytes), AT(standoff_column, names), AT(standoff_column, strings),
    AT(standoff_column, dictionary_offsets), AT(standoff_column, dictionary_offsets_len), AT(standoff_column, dictionary),
    sizeof(standoff_rows), AT(standoff_rows, size), AT(standoff_rows, layer), AT(standoff_rows, len), AT(standoff_rows, starts),
    AT(standoff_rows, ends), AT(standoff_rows, columns), AT(standoff_rows, columns_len), AT(standoff_rows, rules),
    AT(standoff_rows, scores),
    sizeof(standoff_provenance), AT(standoff_provenance, size), AT(standoff_provenance, flags), AT(standoff_provenance, annotator),
    AT(standoff_provenance, version), AT(standoff_provenance, settings),
    sizeof(standoff_segment), AT(standoff_segment, size), AT(standoff_segment, made_by), AT(standoff_segment, schema),
    AT(standoff_segment, rows),
    sizeof(standoff_retraction), AT(standoff_retraction, size), AT(standoff_retraction, by), AT(standoff_retraction, row),
    AT(standoff_retraction, rule),
    sizeof(standoff_document), AT(standoff_document, size), AT(standoff_document, flags), AT(standoff_document, id),
    AT(standoff_document, text), AT(standoff_document, date), AT(standoff_document, language), AT(standoff_document, source),
    AT(standoff_document, fields), AT(standoff_document, segments), AT(standoff_document, segments_len),
    AT(standoff_document, made_by), AT(standoff_document, made_by_len), AT(standoff_document, retractions),
    AT(standoff_document, retractions_len),
    sizeof(standoff_sink), AT(standoff_sink, size), AT(standoff_sink, flags), AT(standoff_sink, context), AT(standoff_sink, append),
    AT(standoff_sink, retract),
    sizeof(standoff_reply), AT(standoff_reply, size), AT(standoff_reply, flags), AT(standoff_reply, context), AT(standoff_reply, write),
    sizeof(standoff_plugin_v1), AT(standoff_plugin_v1, magic), AT(standoff_plugin_v1, major), AT(standoff_plugin_v1, minor),
    AT(standoff_plugin_v1, size), AT(standoff_plugin_v1, flags), AT(standoff_plugin_v1, describe), AT(standoff_plugin_v1, layers),
    AT(standoff_plugin_v1, create), AT(standoff_plugin_v1, annotate), AT(standoff_plugin_v1, rules), AT(standoff_plugin_v1, explain),
    AT(standoff_plugin_v1, destroy)};
