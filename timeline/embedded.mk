# Carried in the program itself; the rules run in order of their names.
TIMELINE_EMBED := \
	timeline/rules/00-baseline.sql \
	timeline/rules/10-key-enumeration.sql \
	timeline/rules/20-credential-use.sql \
	timeline/rules/25-credential-lineage.sql \
	timeline/rules/30-explorer-access.sql \
	timeline/rules/35-tool-access.sql \
	timeline/rules/40-bulk-read.sql \
	timeline/rules/45-service-copies.sql \
	timeline/rules/50-outbound-flows.sql \
	timeline/rules/55-chain-parts.sql \
	timeline/rules/60-chain.sql \
	timeline/rules/65-not-logged.sql \
	timeline/rules/66-no-flow.sql \
	timeline/rules/70-logging-changes.sql \
	timeline/rules/80-open-access.sql \
	timeline/rules/90-network.sql \
	timeline/rules/95-known-secret.sql \
	timeline/report.css \
	timeline/report.js
