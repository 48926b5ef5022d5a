/* A plugin that goes wrong in the way that its setting `case` says, on texts with an exclamation mark in them. On other
 * texts it marks the first character. */
#include "standoff.h"

#include <stdlib.h>
#include <string.h>

static standoff_str str(const char *s) {
    standoff_str r = {(const uint8_t *)s, strlen(s)};
    return r;
}

static int32_t describe(const standoff_reply *reply) {
    reply->write(reply->context, str(
        "{\"plugins\":[{\"manifest\":{\"name\":\"hostile\",\"version\":\"0.1\",\"summary\":\"Goes wrong.\"},"
        "\"settings_schema\":{\"type\":\"object\",\"properties\":{\"case\":{\"type\":\"integer\"}}},"
        "\"layers\":{\"uses\":[{\"name\":\"sentence\"}],\"revises\":[],\"gives\":["
        "{\"name\":\"mark\",\"spans\":true,\"attributes\":[{\"name\":\"count\",\"kind\":\"u32\"},"
        "{\"name\":\"kind\",\"kind\":\"symbol\",\"optional\":true},{\"name\":\"text\",\"kind\":\"text\",\"optional\":true},"
        "{\"name\":\"to\",\"kind\":\"ref\",\"optional\":true},{\"name\":\"peer\",\"kind\":\"ref\",\"optional\":true,\"target\":\"other\"},"
        "{\"name\":\"list\",\"kind\":\"ref_list\",\"optional\":true},{\"name\":\"named\",\"kind\":\"named\",\"optional\":true}]},"
        "{\"name\":\"other\",\"spans\":true,\"attributes\":[]}]}}]}"));
    return STANDOFF_OK;
}

static int32_t create(standoff_str plugin, standoff_str settings, standoff_str folder, const standoff_reply *reply, void **annotator) {
    size_t i;
    int number = 0;
    (void)plugin;
    (void)folder;
    (void)reply;
    for (i = 0; i < settings.len; i++)
        if (settings.data[i] >= '0' && settings.data[i] <= '9') number = number * 10 + (settings.data[i] - '0');
    *annotator = malloc(sizeof(int));
    *(int *)*annotator = number;
    return STANDOFF_OK;
}

static void destroy(void *annotator) {
    free(annotator);
}

static int32_t annotate(void *annotator, const standoff_document *document, const standoff_sink *sink, const standoff_reply *reply) {
    int wrong = memchr(document->text.data, '!', document->text.len) ? *(int *)annotator : 0;
    uint32_t own = (uint32_t)document->segments_len;
    uint32_t starts[2] = {0, 0}, ends[2] = {1, 1}, counts[3] = {7, 8, 9}, codes[2] = {0, 0};
    uint32_t offsets[3] = {0, 1, 2}, named_names[2] = {0, 0}, dictionary_offsets[2] = {0, 1};
    uint8_t bytes[2] = {'a', 'b'}, validity[1] = {3};
    standoff_row_ref to[2] = {{0, 0}, {0, 0}};
    standoff_column columns[7];
    const standoff_column *pointers[7];
    standoff_rows rows;
    standoff_retraction retraction;
    int32_t status, i;
    to[0].segment = to[1].segment = own;
    memset(columns, 0, sizeof columns);
    memset(&rows, 0, sizeof rows);
    memset(&retraction, 0, sizeof retraction);
    retraction.size = sizeof retraction;
    for (i = 0; i < 7; i++) {
        static const uint32_t kinds[7] = {1, 5, 6, 7, 7, 8, 9};
        columns[i].size = sizeof(standoff_column);
        columns[i].kind = kinds[i];
        pointers[i] = NULL;
    }
    pointers[0] = &columns[0];
    columns[0].values = counts;
    columns[0].values_len = 2;
    columns[1].values = codes;
    columns[1].values_len = 2;
    columns[1].dictionary_offsets = dictionary_offsets;
    columns[1].dictionary_offsets_len = 2;
    columns[1].dictionary.data = bytes;
    columns[1].dictionary.len = 1;
    columns[2].offsets = offsets;
    columns[2].offsets_len = 3;
    columns[2].bytes.data = bytes;
    columns[2].bytes.len = 2;
    columns[3].values = columns[4].values = columns[5].values = columns[6].values = to;
    columns[3].values_len = columns[4].values_len = columns[5].values_len = columns[6].values_len = 2;
    columns[5].offsets = columns[6].offsets = offsets;
    columns[5].offsets_len = columns[6].offsets_len = 3;
    columns[6].names = columns[6].strings = named_names;
    columns[6].dictionary_offsets = dictionary_offsets;
    columns[6].dictionary_offsets_len = 2;
    columns[6].dictionary.data = bytes;
    columns[6].dictionary.len = 1;
    rows.size = sizeof rows;
    rows.len = 2;
    rows.starts = starts;
    rows.ends = ends;
    rows.columns = pointers;
    rows.columns_len = 7;
    switch (wrong) {
    case 1: ends[1] = (uint32_t)document->text.len + 1; break;
    case 2: ends[1] = 2; break; /* the text has a character of two bytes there */
    case 3: starts[1] = 4, ends[1] = 3; break;
    case 4: starts[1] = ends[1] = UINT32_MAX; break;
    case 5: pointers[3] = &columns[3], to[1].row = 2; break;
    case 6: pointers[3] = &columns[3], to[1].segment = own + 9; break;
    case 7: pointers[4] = &columns[4]; break;
    case 8: pointers[5] = &columns[5], to[1].row = 9; break;
    case 9: pointers[6] = &columns[6], to[1].row = 9; break;
    case 10: pointers[2] = &columns[2], bytes[1] = 0xff; break;
    case 11: pointers[1] = &columns[1], bytes[0] = 0xc3; break;
    case 12: pointers[1] = &columns[1], codes[1] = 1; break;
    case 13: pointers[2] = &columns[2], offsets[1] = 3; break;
    case 14: pointers[5] = &columns[5], offsets[2] = 7; break;
    case 15: pointers[6] = &columns[6], named_names[1] = 5; break;
    case 16: rows.layer = 2; break;
    case 17: rows.columns_len = 6; break;
    case 18: columns[0].kind = 2; break;
    case 19: columns[0].kind = 77; break;
    case 20: rows.size = 0; break;
    case 21: columns[0].size = 8; break;
    case 22: rows.starts = NULL; break;
    case 23: rows.len = (size_t)1 << 40; break;
    case 24: columns[0].values_len = 1; break;
    case 25: columns[0].values = (const uint8_t *)counts + 1; break;
    case 26: pointers[0] = NULL; break;
    case 27: columns[0].validity = validity, columns[0].validity_len = 1, validity[0] = 1; break;
    case 28: pointers[2] = &columns[2], columns[2].offsets_len = 2, columns[2].bytes.len = 1; break;
    case 29: retraction.row.segment = own + 7; return sink->retract(sink->context, &retraction);
    case 30: return sink->retract(sink->context, &retraction);
    case 31: retraction.size = 1; return sink->retract(sink->context, &retraction);
    case 32: return sink->append(sink->context, NULL);
    case 33: reply->write(reply->context, str("I would rather not")); return STANDOFF_ERROR;
    case 34: return STANDOFF_ERROR;
    case 35: return 99;
    case 36: reply->write(reply->context, str("gone mad")); return STANDOFF_PANIC;
    case 37: bytes[0] = 0xff; reply->write(reply->context, columns[1].dictionary); return STANDOFF_ERROR;
    case 38: rows.columns = (const standoff_column *const *)((const char *)pointers + 4); break;
    case 39: columns[0].values_len = SIZE_MAX / 2; break;
    default: break;
    }
    status = sink->append(sink->context, &rows);
    /* One that does not look at what the host answers. */
    if (wrong == 40) {
        rows.layer = 9;
        sink->append(sink->context, &rows);
        rows.layer = 0;
        sink->append(sink->context, &rows);
        return STANDOFF_OK;
    }
    return status;
}

STANDOFF_EXPORT const standoff_plugin_v1 STANDOFF_PLUGIN_V1 = {
    {'S', 'T', 'A', 'N', 'D', 'O', 'F', 'F'}, STANDOFF_MAJOR, STANDOFF_MINOR, sizeof(standoff_plugin_v1), 0,
    describe, NULL, create, annotate, NULL, NULL, destroy};
