//! Readers and writers of annotated documents, one module a format
