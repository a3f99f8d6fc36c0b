# Sources of what only tests use, by name.

# One program each: tests/unit/test_X.c and the objects it may use.
UNIT_SRC := \
	tests/unit/test_age.c \
	tests/unit/test_address.c \
	tests/unit/test_asked.c \
	tests/unit/test_azure.c \
	tests/unit/test_base.c \
	tests/unit/test_block_list.c \
	tests/unit/test_checkpoint.c \
	tests/unit/test_clock_watch.c \
	tests/unit/test_compare.c \
	tests/unit/test_crc64.c \
	tests/unit/test_credential.c \
	tests/unit/test_credential_forms.c \
	tests/unit/test_crew.c \
	tests/unit/test_custody.c \
	tests/unit/test_derived.c \
	tests/unit/test_documents.c \
	tests/unit/test_enrich.c \
	tests/unit/test_ed25519.c \
	tests/unit/test_frames_notes.c \
	tests/unit/test_frames_read.c \
	tests/unit/test_frames_write.c \
	tests/unit/test_folders.c \
	tests/unit/test_framing.c \
	tests/unit/test_framing_line.c \
	tests/unit/test_group.c \
	tests/unit/test_http.c \
	tests/unit/test_http_memory.c \
	tests/unit/test_io.c \
	tests/unit/test_json.c \
	tests/unit/test_large.c \
	tests/unit/test_ledger.c \
	tests/unit/test_ledger_story.c \
	tests/unit/test_lines.c \
	tests/unit/test_listing.c \
	tests/unit/test_lot.c \
	tests/unit/test_map_activity.c \
	tests/unit/test_map_flow.c \
	tests/unit/test_map_storage.c \
	tests/unit/test_member_order.c \
	tests/unit/test_merkle.c \
	tests/unit/test_name.c \
	tests/unit/test_object.c \
	tests/unit/test_options.c \
	tests/unit/test_outputs.c \
	tests/unit/test_pace.c \
	tests/unit/test_package_resume.c \
	tests/unit/test_package_write.c \
	tests/unit/test_path_policy.c \
	tests/unit/test_plan.c \
	tests/unit/test_reader_memory.c \
	tests/unit/test_progress.c \
	tests/unit/test_promised.c \
	tests/unit/test_record.c \
	tests/unit/test_renewal.c \
	tests/unit/test_response.c \
	tests/unit/test_retry.c \
	tests/unit/test_revisit_table.c \
	tests/unit/test_rule.c \
	tests/unit/test_sandbox.c \
	tests/unit/test_scope.c \
	tests/unit/test_seal.c \
	tests/unit/test_signature_memory.c \
	tests/unit/test_secret_scan.c \
	tests/unit/test_state.c \
	tests/unit/test_sent.c \
	tests/unit/test_store.c \
	tests/unit/test_tar.c \
	tests/unit/test_timeline_findings.c \
	tests/unit/test_true_name.c \
	tests/unit/test_uri.c \
	tests/unit/test_when.c \
	tests/unit/test_words.c \
	tests/unit/test_work_ring.c

# Programs that only tests use: tests/tools/X.c.
TOOL_SRC := \
	tests/tools/document.c \
	tests/tools/flip.c \
	tests/tools/httpget.c \
	tests/tools/manyserve.c \
	tests/tools/pack.c \
	tests/tools/proof.c \
	tests/tools/rawverify.c \
	tests/tools/reread.c \
	tests/tools/signfile.c \
	tests/tools/starve.c \
	tests/tools/witness.c

# One fuzz target each: tests/fuzz/fuzz_X.c (clang's libFuzzer).
FUZZ_SRC := \
	tests/fuzz/fuzz_blocks.c \
	tests/fuzz/fuzz_classic.c \
	tests/fuzz/fuzz_cms.c \
	tests/fuzz/fuzz_config.c \
	tests/fuzz/fuzz_credential.c \
	tests/fuzz/fuzz_csv.c \
	tests/fuzz/fuzz_document.c \
	tests/fuzz/fuzz_enrich.c \
	tests/fuzz/fuzz_findings.c \
	tests/fuzz/fuzz_folders.c \
	tests/fuzz/fuzz_json.c \
	tests/fuzz/fuzz_listing.c \
	tests/fuzz/fuzz_name.c \
	tests/fuzz/fuzz_reader.c \
	tests/fuzz/fuzz_response.c \
	tests/fuzz/fuzz_secret.c \
	tests/fuzz/fuzz_signature.c \
	tests/fuzz/fuzz_timestamp.c \
	tests/fuzz/fuzz_uri.c \
	tests/fuzz/fuzz_when.c
