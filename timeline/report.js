"use strict";
(function () {
	const data = JSON.parse(document.getElementById("data").textContent);
	const page = 100;
	const body = document.getElementById("body");
	const find = document.getElementById("find");
	const shown = document.getElementById("shown");
	let found = data;
	let first = 0;
	let column = 0;
	let down = false;

	function cell(row, text, name) {
		const td = document.createElement("td");
		td.textContent = text;
		if (name) {
			td.className = name;
		}
		row.appendChild(td);
	}

	function show() {
		const last = Math.min(first + page, found.length);
		body.textContent = "";
		for (const item of found.slice(first, last)) {
			const row = document.createElement("tr");
			cell(row, String(item[0]) + (item[2] ? " =" : ""), "number");
			cell(row, (item[1] || "") +
			    (item[11] ? " = " + item[11] : ""));
			cell(row, item[3] || "");
			cell(row, item[4]);
			cell(row, item[5]);
			cell(row, item[6] + "/" + item[7] + " at " + item[8] +
			    ", " + item[9] + " bytes, SHA-256 " + item[10], "wrap");
			body.appendChild(row);
		}
		shown.textContent = (found.length ? first + 1 : 0) + " to " +
		    last + " of " + found.length + " found, of " + data.length +
		    " selected rows";
	}

	function sort() {
		found = found.slice().sort(function (a, b) {
			const x = a[column];
			const y = b[column];
			const order = (x < y) ? -1 : (x > y) ? 1 : a[0] - b[0];
			return down ? -order : order;
		});
	}

	function search() {
		const words = find.value.toLowerCase().split(" ").filter(Boolean);
		found = data.filter(function (item) {
			const text = item.join(" ").toLowerCase();
			return words.every(function (word) {
				return text.includes(word);
			});
		});
		first = 0;
		sort();
		show();
	}

	for (const button of document.querySelectorAll("#table th button")) {
		button.addEventListener("click", function () {
			const next = Number(button.dataset.column);
			down = (next === column) ? !down : false;
			column = next;
			for (const th of document.querySelectorAll("#table th[aria-sort]")) {
				th.setAttribute("aria-sort", "none");
			}
			button.parentNode.setAttribute("aria-sort",
			    down ? "descending" : "ascending");
			sort();
			first = 0;
			show();
		});
	}
	find.addEventListener("input", search);
	document.getElementById("back").addEventListener("click", function () {
		first = Math.max(0, first - page);
		show();
	});
	document.getElementById("on").addEventListener("click", function () {
		if (first + page < found.length) {
			first += page;
			show();
		}
	});
	show();
}());
