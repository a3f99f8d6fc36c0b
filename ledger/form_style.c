#include <string.h>

#include "evidence/digest.h"
#include "evidence/text.h"

#include "ledger/form_parts.h"

/* Nothing may be wider than the sheet: long words break anywhere. */
static const char style[] =
    "*{box-sizing:border-box}"
    "html{background:#fff;color:#000}"
    "body{margin:0 auto;padding:8mm;max-width:210mm;"
    "font:10pt/1.35 'Liberation Sans',Arial,sans-serif;"
    "overflow-wrap:anywhere}"
    "h1{font-size:18pt;margin:0 0 1mm}"
    "h2{font-size:12pt;margin:6mm 0 2mm;border-bottom:.4mm solid #000;"
    "break-after:avoid}"
    "h3{font-size:10.5pt;margin:0 0 1mm;break-after:avoid}"
    "p{margin:1mm 0}"
    "dl{margin:0;display:grid;grid-template-columns:1fr 1fr;gap:0 4mm}"
    "dl>div{display:grid;grid-template-columns:30mm 1fr;gap:0 2mm;"
    "padding:.7mm 0;border-bottom:.1mm solid #bbb;min-width:0}"
    "dl>div.wide{grid-column:1/-1}"
    "dd[data-field=ink-signature]{min-height:11mm}"
    "dt{color:#333;font-size:8.5pt}"
    "dd{margin:0;min-width:0}"
    ".hex{font-family:'Liberation Mono',monospace;font-size:8pt}"
    ".blank{border-bottom:.3mm solid #000;min-height:7mm}"
    ".notice{border:.5mm solid #000;padding:2mm 3mm;margin:3mm 0}"
    ".verdict{font-weight:bold;white-space:nowrap}"
    ".FAIL,.UNDECIDED{border:.4mm solid #000;padding:0 1mm}"
    ".FAIL{background:#000;color:#fff;print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}"
    ".entry,.pair{border:.2mm solid #666;padding:2mm 3mm;margin:0 0 3mm;"
    "break-inside:avoid}"
    ".half{display:grid;grid-template-columns:1fr 1fr;gap:0 6mm}"
    ".half>div{min-width:0}"
    ".half dl{grid-template-columns:1fr}"
    "ul{margin:1mm 0;padding-left:5mm}"
    "li{margin:.5mm 0}"
    "table{width:100%;table-layout:fixed;border-collapse:collapse;"
    "font-size:8.5pt}"
    "th,td{border:.2mm solid #666;padding:1mm;text-align:left;"
    "vertical-align:top}"
    "thead{display:table-header-group}"
    "tr{break-inside:avoid}"
    "td.ink{height:14mm}"
    "footer{margin-top:6mm;font-size:8.5pt}"
    "@page{size:A4;margin:15mm 14mm 18mm;"
    "@bottom-left{content:'Chain of custody';font:8pt sans-serif}"
    "@bottom-right{content:'Page ' counter(page) ' of ' counter(pages);"
    "font:8pt sans-serif}}"
    "@media print{body{padding:0;max-width:none}}";

void
form_style(struct html * h)
{
	html_raw(h, style);
}

void
form_style_hash(struct html * h)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	digest_sha256(style, strlen(style), sha256);
	html_raw(h, "'sha256-");
	if (!h->failed &&
	    (text_base64_encode(&h->out, sha256, sizeof(sha256), h->e) != 0))
		h->failed = 1;
	html_raw(h, "'");
}
