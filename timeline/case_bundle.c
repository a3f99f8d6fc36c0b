#include <stdio.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "timeline/case_bundle.h"

#define ID_SIZE 160
#define CORE "https://ontology.unifiedcyberontology.org/uco/"
#define CASE "https://ontology.caseontology.org/case/investigation/"

/* An identifier of ${what} that is the same whenever it is made. */
static void
make_id(char id[ID_SIZE], const char * what, const uint8_t * digest)
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(digest, DIGEST_SHA256_LEN, hex);
	/* The first 128 bits, in the form of a name-based UUID, version 8. */
	(void)snprintf(id, ID_SIZE, "kb:%s-%.8s-%.4s-8%.3s-8%.3s-%.12s", what,
	    hex, hex + 8, hex + 13, hex + 17, hex + 20);
}

static void
put_context(struct json_out * j)
{
	static const char * const prefixes[][2] = {
		{ "kb", "http://example.org/kb/" },
		{ "case-investigation", CASE },
		{ "uco-action", CORE "action/" },
		{ "uco-core", CORE "core/" },
		{ "uco-observable", CORE "observable/" },
		{ "uco-tool", CORE "tool/" },
		{ "uco-types", CORE "types/" },
		{ "uco-vocabulary", CORE "vocabulary/" },
		{ "xsd", "http://www.w3.org/2001/XMLSchema#" },
	};

	json_open_object(j, "@context");
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		json_put_text(j, prefixes[i][0], prefixes[i][1]);
	json_close_object(j);
}

static void
open_node(
    struct json_out * j, const char * key, const char * id, const char * type)
{
	json_open_object(j, key);
	if (id != NULL)
		json_put_text(j, "@id", id);
	json_put_text(j, "@type", type);
}

static void
put_typed(struct json_out * j, const char * key, const char * type,
    const char * value)
{
	json_open_object(j, key);
	json_put_text(j, "@type", type);
	json_put_text(j, "@value", value);
	json_close_object(j);
}

static void
put_reference(struct json_out * j, const char * key, const char * id)
{
	json_open_object(j, key);
	json_put_text(j, "@id", id);
	json_close_object(j);
}

/* A digest of the file ${name}, as the facets of an observable. */
static void
put_file(struct json_out * j, const char * id, const char * name,
    const char * words, const uint8_t * digest)
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(digest, DIGEST_SHA256_LEN, hex);
	open_node(j, NULL, id, "uco-observable:File");
	json_put_bytes(j, "uco-core:description", words, strlen(words));
	json_open_array(j, "uco-core:hasFacet");
	open_node(j, NULL, NULL, "uco-observable:FileFacet");
	json_put_bytes(j, "uco-observable:fileName", name, strlen(name));
	json_close_object(j);
	open_node(j, NULL, NULL, "uco-observable:ContentDataFacet");
	json_open_array(j, "uco-observable:hash");
	open_node(j, NULL, NULL, "uco-types:Hash");
	put_typed(j, "uco-types:hashMethod", "uco-vocabulary:HashNameVocab",
	    "SHA256");
	put_typed(j, "uco-types:hashValue", "xsd:hexBinary", hex);
	json_close_object(j);
	json_close_array(j);
	json_close_object(j);
	json_close_array(j);
	json_close_object(j);
}

/* A sealed package: its seal, which covers every byte of it. */
static void
put_package(struct json_out * j, const struct feed_head * head)
{
	char id[ID_SIZE];
	char name[NAME_SIZE + 32];
	char words[FEED_WORDS_SIZE + 64];

	make_id(id, "seal", head->seal);
	(void)snprintf(name, sizeof(name), "%s/seal/seal.json", head->package);
	(void)snprintf(words, sizeof(words),
	    "The seal of the package; when it was read: %s", head->words);
	put_file(j, id, name, words, head->seal);
	make_id(id, "provenance", head->seal);
	open_node(j, NULL, id, "case-investigation:ProvenanceRecord");
	json_put_bytes(
	    j, "uco-core:description", head->package, strlen(head->package));
	if (head->exhibit[0] != '\0')
		json_put_bytes(j, "case-investigation:exhibitNumber",
		    head->exhibit, strlen(head->exhibit));
	make_id(id, "seal", head->seal);
	put_reference(j, "uco-core:object", id);
	json_close_object(j);
}

/* The making of the timeline: which program, from which seals. */
static void
put_action(struct json_out * j, const struct report_input * input,
    const uint8_t * digest)
{
	char tool[ID_SIZE];
	char id[ID_SIZE];

	make_id(tool, "tool", digest);
	open_node(j, NULL, tool, "uco-tool:Tool");
	json_put_text(j, "uco-core:name", "azcustody-timeline");
	json_put_text(j, "uco-tool:version", version_number());
	json_put_text(j, "uco-core:description", input->program);
	json_close_object(j);
	make_id(id, "action", digest);
	open_node(j, NULL, id, "case-investigation:InvestigativeAction");
	json_put_text(j, "uco-core:name", "timeline");
	json_put_text(j, "uco-core:description",
	    "Packages were judged, their logs read, and rules run over them.");
	put_reference(j, "uco-action:instrument", tool);
	json_open_array(j, "uco-action:object");
	for (size_t i = 0; i < input->feed_count; i++) {
		const struct feed_head * head = feed_head(input->feeds[i]);

		if (!head->is_sealed)
			continue;
		make_id(id, "seal", head->seal);
		put_reference(j, NULL, id);
	}
	json_close_array(j);
	json_close_object(j);
}

static int
put_bundle(struct buf * out, const struct report_input * input, struct err * e)
{
	struct digest * d = digest_new(DIGEST_SHA256, e);
	uint8_t digest[DIGEST_SHA256_LEN];
	char id[ID_SIZE];
	struct json_out j;

	if (d == NULL)
		return -1;
	digest_update(d, input->program, strlen(input->program));
	for (size_t i = 0; i < input->feed_count; i++)
		digest_update(
		    d, feed_head(input->feeds[i])->seal, DIGEST_SHA256_LEN);
	digest_finish(d, digest);
	digest_free(d);
	make_id(id, "bundle", digest);
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	put_context(&j);
	json_put_text(&j, "@id", id);
	json_put_text(&j, "@type", "uco-core:Bundle");
	if (input->warning[0] != '\0')
		json_put_bytes(&j, "uco-core:description", input->warning,
		    strlen(input->warning));
	json_open_array(&j, "uco-core:object");
	for (size_t i = 0; i < input->feed_count; i++) {
		if (feed_head(input->feeds[i])->is_sealed)
			put_package(&j, feed_head(input->feeds[i]));
	}
	put_action(&j, input, digest);
	json_close_array(&j);
	json_close_object(&j);
	return json_end(&j, true);
}

int
case_bundle_write(
    const struct report_input * input, struct output * o, struct err * e)
{
	struct buf text = { 0 };
	struct output_file * f = NULL;
	int rc = -1;

	if (put_bundle(&text, input, e) != 0)
		goto out;
	f = output_open(o, "case.jsonld", e);
	if (f != NULL)
		rc = output_put_buf(f, &text, e);
	if (output_close(f, e) != 0)
		rc = -1;

out:
	buf_free(&text);
	return rc;
}
