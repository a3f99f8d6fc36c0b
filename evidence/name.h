#ifndef EVIDENCE_NAME_H
#define EVIDENCE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Names we give: of packages, sources and stored members.  They are made of
 * [a-z0-9._-] and, between folders, "/"; they never come from the service
 * unchanged.
 */
#define NAME_PACKAGE_MAX 50 /* 24 + 1 + 16 + 1 + 8 */
#define NAME_CASE_SLUG_MAX 24
#define NAME_SOURCE_MAX 48
#define NAME_SLUG_MAX 32
#define NAME_STORED_MAX 150 /* The whole path, the top folder included. */
#define NAME_ROLE_MAX 24
#define NAME_SIZE 160 /* Room for any of them and a NUL. */
#define NAME_MAX_SOURCES 9999
#define NAME_MAX_OBJECTS INT64_C(999999999)

/**
 * name_make_package(case_number, at, random, name):
 * Write "CASE-SLUG-yyyymmddthhmmssz-XXXXXXXX" from the free text
 * ${case_number}, the moment ${at} and four random bytes to ${name}.  A case
 * number with nothing usable becomes "case".
 */
void name_make_package(const char * case_number, int64_t at,
    const uint8_t random[4], char name[NAME_SIZE]);

/**
 * name_make_source(index, account, kind, name):
 * Write "NNNN-ACCOUNT-KIND" for source ${index} (from 0, written from 0001) to
 * ${name}: at most 48 bytes, the account cut to fit.
 */
void name_make_source(
    int index, const char * account, const char * kind, char name[NAME_SIZE]);

/**
 * name_make_object(seq, blob, len, name):
 * Write "NNNNNNNNN-SLUG" to ${name}: ${seq} in nine digits and a slug that
 * helps a person, made from the ${len} bytes of the real name ${blob}, such as
 * "nsg1_2026-11-01t22_000d3a.json".
 */
void name_make_object(
    int64_t seq, const void * blob, size_t len, char name[NAME_SIZE]);

/**
 * name_check_package(name, e):
 * Check that ${name} is a package name in the form of name_make_package.
 * Return 0, or -1 with ${e} set.
 */
int name_check_package(const char * name, struct err * e);

/**
 * name_check_stored(path, e):
 * Check a member's whole path, top folder included: characters, length, no
 * empty, "." or ".." part, none that begins or ends with "." or is reserved on
 * Windows ("README-VERIFY.txt" directly under the top folder is the one name
 * with capitals).  Return 0, or -1 with ${e} set.
 */
int name_check_stored(const char * path, struct err * e);

/**
 * name_check_role(role, e):
 * Check a signer's role: 1 to 24 of [a-z0-9-], beginning with a letter.
 * Return 0, or -1 with ${e} set.
 */
int name_check_role(const char * role, struct err * e);

#endif
