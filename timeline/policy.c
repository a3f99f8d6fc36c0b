#include <stdio.h>
#include <string.h>

#include "evidence/json.h"

#include "timeline/policy.h"

#define ROLES "/providers/microsoft.authorization/roleDefinitions/"
#define SETTINGS "Microsoft.Insights/diagnosticSettings"

/* Where logs go: the parameter that names it, and the setting's member. */
struct target {
	const char * file;
	const char * words;
	const char * parameter;
	const char * strong_type;
	const char * member;
	const char * role; /* NULL: none but the one for settings. */
};

static const struct target targets[] = {
	{ "storage", "a storage account", "storageAccount",
	    "Microsoft.Storage/storageAccounts", "storageAccountId",
	    ROLES "17d1049b-9a84-46fb-8f53-869881c3d3ab" },
	{ "workspace", "a Log Analytics workspace", "workspace", "omsWorkspace",
	    "workspaceId", ROLES "92aaf0da-9dab-42b6-94a3-d43ce8d16293" },
	{ "event-hub", "an Event Hub, by a rule of its namespace",
	    "eventHubRule", "Microsoft.EventHub/namespaces/AuthorizationRules",
	    "eventHubAuthorizationRuleId",
	    ROLES "f526a384-b230-433a-b45c-95f59c4a2dec" },
};

#define TARGETS (sizeof(targets) / sizeof(targets[0]))

/* Who may write settings. */
static const char monitoring[] = ROLES "749f88d5-cbae-40b8-bcfc-e573ddc772fa";

/* One policy under way. */
struct policy {
	struct json_out j;
	enum logging_service service;
	const struct target * target;
	const struct policy_accounts * accounts;
	char type[64]; /* Of the service's resource. */
};

static void
put_pair(struct json_out * j, const char * key, const char * text)
{
	json_put_text(j, key, text);
}

/* {"field": "...", "equals": "..."} */
static void
put_equals(struct json_out * j, const char * key, const char * field,
    const char * value)
{
	json_open_object(j, key);
	put_pair(j, "field", field);
	put_pair(j, "equals", value);
	json_close_object(j);
}

/* "[parameters('NAME')]" */
static const char *
reference(const char * name, char text[64])
{
	(void)snprintf(text, 64, "[parameters('%s')]", name);
	return text;
}

static void
open_parameter(struct json_out * j, const char * name, const char * title)
{
	json_open_object(j, name);
	put_pair(j, "type", "String");
	json_open_object(j, "metadata");
	put_pair(j, "displayName", title);
}

static void
put_parameters(struct policy * p)
{
	struct json_out * j = &p->j;

	json_open_object(j, "parameters");
	open_parameter(j, "effect", "Effect");
	json_close_object(j);
	json_open_array(j, "allowedValues");
	put_pair(j, NULL, "DeployIfNotExists");
	put_pair(j, NULL, "AuditIfNotExists");
	put_pair(j, NULL, "Disabled");
	json_close_array(j);
	put_pair(j, "defaultValue", "DeployIfNotExists");
	json_close_object(j);
	open_parameter(j, "settingName", "Name of the diagnostic setting");
	json_close_object(j);
	put_pair(j, "defaultValue", "requests-logged-by-policy");
	json_close_object(j);
	open_parameter(j, "location", "Region of the accounts");
	put_pair(j, "strongType", "location");
	json_close_object(j);
	json_close_object(j);
	open_parameter(j, p->target->parameter, p->target->words);
	put_pair(j, "strongType", p->target->strong_type);
	json_put_bool(j, "assignPermissions", true);
	json_close_object(j);
	json_close_object(j);
	json_close_object(j);
}

/* All three categories are on, and go to the place that was named. */
static void
put_condition(struct policy * p)
{
	struct json_out * j = &p->j;
	char field[96];
	char text[64];

	json_open_object(j, "existenceCondition");
	json_open_array(j, "allOf");
	json_open_object(j, NULL);
	json_open_object(j, "count");
	put_pair(j, "field", SETTINGS "/logs[*]");
	json_open_object(j, "where");
	json_open_array(j, "allOf");
	json_open_object(j, NULL);
	put_pair(j, "field", SETTINGS "/logs[*].category");
	json_open_array(j, "in");
	put_pair(j, NULL, "StorageRead");
	put_pair(j, NULL, "StorageWrite");
	put_pair(j, NULL, "StorageDelete");
	json_close_array(j);
	json_close_object(j);
	put_equals(j, NULL, SETTINGS "/logs[*].enabled", "true");
	json_close_array(j);
	json_close_object(j);
	json_close_object(j);
	json_put_integer(j, "greaterOrEquals", 3);
	json_close_object(j);
	(void)snprintf(field, sizeof(field), SETTINGS "/%s", p->target->member);
	put_equals(j, NULL, field, reference(p->target->parameter, text));
	json_close_array(j);
	json_close_object(j);
}

static void
put_resource(struct policy * p)
{
	static const char * const categories[] = { "StorageRead",
		"StorageWrite", "StorageDelete" };
	struct json_out * j = &p->j;
	char type[128];
	char text[64];

	(void)snprintf(
	    type, sizeof(type), "%s/providers/diagnosticSettings", p->type);
	json_open_object(j, NULL);
	put_pair(j, "type", type);
	put_pair(j, "apiVersion", "2021-05-01-preview");
	put_pair(j, "name",
	    "[concat(parameters('resourceName'), '/Microsoft.Insights/', "
	    "parameters('settingName'))]");
	json_open_object(j, "properties");
	put_pair(j, p->target->member, reference(p->target->parameter, text));
	json_open_array(j, "logs");
	for (size_t i = 0; i < 3; i++) {
		json_open_object(j, NULL);
		put_pair(j, "category", categories[i]);
		json_put_bool(j, "enabled", true);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
	json_close_object(j);
}

/* What is deployed where the condition does not hold. */
static void
put_deployment(struct policy * p)
{
	struct json_out * j = &p->j;
	const char * names[] = { "resourceName", "settingName",
		p->target->parameter };
	char text[64];

	json_open_object(j, "deployment");
	json_open_object(j, "properties");
	put_pair(j, "mode", "incremental");
	json_open_object(j, "template");
	put_pair(j, "$schema",
	    "https://schema.management.azure.com/schemas/2019-04-01/"
	    "deploymentTemplate.json#");
	put_pair(j, "contentVersion", "1.0.0.0");
	json_open_object(j, "parameters");
	for (size_t i = 0; i < 3; i++) {
		json_open_object(j, names[i]);
		put_pair(j, "type", "string");
		json_close_object(j);
	}
	json_close_object(j);
	json_open_array(j, "resources");
	put_resource(p);
	json_close_array(j);
	json_close_object(j);
	json_open_object(j, "parameters");
	for (size_t i = 0; i < 3; i++) {
		json_open_object(j, names[i]);
		put_pair(j, "value",
		    (i == 0) ? "[field('fullName')]"
			     : reference(names[i], text));
		json_close_object(j);
	}
	json_close_object(j);
	json_close_object(j);
	json_close_object(j);
}

static void
put_rule(struct policy * p)
{
	struct json_out * j = &p->j;

	json_open_object(j, "policyRule");
	json_open_object(j, "if");
	json_open_array(j, "allOf");
	put_equals(j, NULL, "type", p->type);
	put_equals(j, NULL, "location", "[parameters('location')]");
	json_close_array(j);
	json_close_object(j);
	json_open_object(j, "then");
	put_pair(j, "effect", "[parameters('effect')]");
	json_open_object(j, "details");
	put_pair(j, "type", SETTINGS);
	put_pair(j, "name", "[parameters('settingName')]");
	put_condition(p);
	json_open_array(j, "roleDefinitionIds");
	put_pair(j, NULL, monitoring);
	put_pair(j, NULL, p->target->role);
	json_close_array(j);
	put_deployment(p);
	json_close_object(j);
	json_close_object(j);
	json_close_object(j);
}

/* Which accounts it is about, and the region where a record says it. */
static void
put_metadata(struct policy * p)
{
	struct json_out * j = &p->j;

	json_open_object(j, "metadata");
	put_pair(j, "category", "Storage");
	put_pair(j, "version", "1.0.0");
	json_put_integer(
	    j, "accountsWithoutRecordsOfReads", p->accounts->total);
	json_open_array(j, "accounts");
	for (size_t i = 0; i < p->accounts->count; i++) {
		const struct policy_account * one = &p->accounts->list[i];

		json_open_object(j, NULL);
		json_put_bytes(j, "name", one->name, strlen(one->name));
		if (one->location != NULL)
			json_put_bytes(j, "location", one->location,
			    strlen(one->location));
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

static int
format(struct policy * p, struct buf * out, struct err * e)
{
	const char * service = logging_service_name(p->service);
	char text[256];

	json_begin(&p->j, out, e);
	json_open_object(&p->j, NULL);
	json_open_object(&p->j, "properties");
	(void)snprintf(text, sizeof(text), "Log requests to %s storage to %s",
	    service, p->target->words);
	put_pair(&p->j, "displayName", text);
	put_pair(&p->j, "policyType", "Custom");
	put_pair(&p->j, "mode", "All");
	(void)snprintf(text, sizeof(text),
	    "Deploys a diagnostic setting that sends StorageRead, StorageWrite, "
	    "and StorageDelete of %s services in one region to %s, where there "
	    "is none that does.  What was not logged before stays unknown.",
	    service, p->target->words);
	put_pair(&p->j, "description", text);
	put_metadata(p);
	put_parameters(p);
	put_rule(p);
	json_close_object(&p->j);
	json_close_object(&p->j);
	return json_end(&p->j, true);
}

int
policy_write(enum logging_service service,
    const struct policy_accounts * accounts, struct output * o, struct err * e)
{
	struct policy p = { .service = service, .accounts = accounts };
	struct output_file * f = NULL;
	struct buf text = { 0 };
	char name[64];
	int rc = -1;

	(void)snprintf(p.type, sizeof(p.type),
	    "Microsoft.Storage/storageAccounts/%sServices",
	    logging_service_name(service));
	for (size_t i = 0; i < TARGETS; i++) {
		p.target = &targets[i];
		(void)snprintf(name, sizeof(name), "policy-%s-to-%s.json",
		    logging_service_name(service), p.target->file);
		if (format(&p, &text, e) != 0)
			goto out;
		f = output_open(o, name, e);
		if (f == NULL)
			goto out;
		rc = output_put_buf(f, &text, e);
		if (output_close(f, e) != 0)
			rc = -1;
		if (rc != 0)
			goto out;
	}

out:
	buf_free(&text);
	return rc;
}
