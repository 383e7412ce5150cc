/* SPDX-License-Identifier: MIT */
/* page.js: sorts tables by a click on a title, filters cases by words or by a cell of the heat map,
 * opens the case that an address leads to. The page says all it has to say without it. */
"use strict";
(function () {
  const all = (where, what) => Array.from(where.querySelectorAll(what));
  const find = (id) => document.getElementById(id);

  /* A cell's number, or its text: "9.1e+12", "-", "inf", a name. Nothing comes last. */
  function value(row, column) {
    const text = (row.cells[column] || {}).textContent || "";
    const number = text === "inf" ? Infinity : parseFloat(text);
    return { text: text, number: /^[-+\d.]/.test(text) || text === "inf" ? number : NaN };
  }

  function compare(a, b) {
    const x = isNaN(a.number), y = isNaN(b.number);
    if (x !== y) return x - y;
    return x ? a.text.localeCompare(b.text) : b.number - a.number;
  }

  /* Largest number first; a second click turns it round. */
  function sort(head, column) {
    const body = head.closest("table").tBodies[0];
    const turn = head.getAttribute("aria-sort") === "descending" ? -1 : 1;
    const rows = Array.from(body.rows).map((row, k) => ({ row: row, k: k, v: value(row, column) }));
    rows.sort((a, b) => turn * compare(a.v, b.v) || a.k - b.k);
    rows.forEach((r) => body.appendChild(r.row));
    all(head.parentNode, "th").forEach((th) => th.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", turn > 0 ? "descending" : "ascending");
  }

  all(document, ".sorted thead th").forEach(function (head) {
    const column = head.cellIndex;
    head.tabIndex = 0;
    head.title = "sort";
    head.addEventListener("click", () => sort(head, column));
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sort(head, column);
    });
  });

  /* ---- the filter ---- */

  const box = find("filter"), place = document.querySelector("[data-filter]");
  let cell = null; /* of the heat map: {family, cell, says} */

  function holds(row, words) {
    const text = row.textContent.toLowerCase();
    const in_cell = !cell || (row.dataset.family === cell.family &&
      row.dataset.cells.split(" ").includes(cell.cell));
    return in_cell && words.every((word) => text.includes(word));
  }

  function filter() {
    const input = box.querySelector("input"), chip = box.querySelector("button");
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = all(place, "tbody tr");
    rows.forEach((row) => { row.hidden = !holds(row, words); });
    chip.hidden = !cell;
    chip.textContent = cell ? cell.says + " ×" : "";
    box.querySelector("output").textContent =
      rows.filter((row) => !row.hidden).length + " of " + rows.length;
  }

  function choose(link) {
    const table = link.closest("table"), td = link.closest("td");
    const kinds = table.tHead.rows[1].cells;
    cell = { family: link.dataset.family, cell: link.dataset.cell,
             says: link.dataset.family + ", " + kinds[td.cellIndex].textContent };
    box.querySelector("input").value = "";
    filter();
    box.scrollIntoView({ block: "start" });
  }

  if (box && place) {
    box.hidden = false;
    box.querySelector("input").addEventListener("input", filter);
    box.querySelector("button").addEventListener("click", () => { cell = null; filter(); });
    all(document, ".heat a").forEach((link) => link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(link);
    }));
    filter();
  }

  /* ---- a case by its address ---- */

  function open() {
    let id = location.hash.slice(1);
    const at = find(id) || find(decodeURIComponent(id));
    if (!at || at.tagName !== "DETAILS") return;
    at.open = true;
    at.scrollIntoView();
  }
  window.addEventListener("hashchange", open);
  open();
})();
