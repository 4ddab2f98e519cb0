"use strict";
// Sorts the tables of a report: numbers as numbers, what has no number last.
(function () {
  function keyed(row, place) {
    const cell = row.cells[place];
    const isNumber = cell.classList.contains("number");
    const order = cell.getAttribute("data-order");
    const text = cell.textContent.trim();
    return {
      row: row,
      number: isNumber && order !== null ? Number(order) : null,
      text: text,
      last: isNumber ? order === null : text === "" || text === "—",
    };
  }

  function sort(head) {
    const table = head.closest("table");
    const place = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    const sign = down ? -1 : 1;
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => keyed(row, place));
    rows.sort(function (one, other) {
      if (one.last !== other.last) { return one.last ? 1 : -1; }
      if (one.last) { return 0; }
      if (one.number !== null && other.number !== null) { return sign * (one.number - other.number); }
      return sign * collator.compare(one.text, other.text);
    });
    for (const other of head.parentElement.cells) { other.removeAttribute("aria-sort"); }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows.map((one) => one.row));
  }

  for (const button of document.querySelectorAll("th span")) {
    button.addEventListener("click", () => sort(button.closest("th")));
    button.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") { return; }
      event.preventDefault();
      sort(button.closest("th"));
    });
  }
})();
