// SPDX-License-Identifier: Apache-2.0
// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic: one typed inline for each kind of argument.
#pragma once

#include "../../CCurl/shim.h"
#include <stddef.h>

static inline CURLcode shims_curl_easy_setopt_long(void *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shims_curl_easy_setopt_offset(void *handle, CURLoption option, long long value) {
    return curl_easy_setopt(handle, option, (curl_off_t)value);
}

// libcurl copies the string.
static inline CURLcode shims_curl_easy_setopt_string(void *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl keeps the pointer.
static inline CURLcode shims_curl_easy_setopt_pointer(void *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl keeps the pointer.
static inline CURLcode shims_curl_easy_setopt_list(void *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the bytes.
static inline CURLcode shims_curl_easy_setopt_blob(void *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode shims_curl_easy_setopt_write_function(void *handle, CURLoption option,
                                                             size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode shims_curl_easy_setopt_read_function(void *handle,
                                                            size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, function);
}

static inline CURLcode shims_curl_easy_setopt_seek_function(void *handle, int (*function)(void *, curl_off_t, int)) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, function);
}

static inline CURLcode shims_curl_easy_setopt_socket_function(void *handle,
                                                              int (*function)(void *, curl_socket_t, curlsocktype)) {
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, function);
}

static inline CURLcode shims_curl_easy_getinfo_long(void *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shims_curl_easy_getinfo_offset(void *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shims_curl_easy_getinfo_pointer(void *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode shims_curl_multi_setopt_long(void *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
