"use strict";
(() => {
  const table = document.getElementById("findings");
  if (!table) return;
  const bodies = [...table.tBodies];
  const filters = document.getElementById("filters");
  const search = document.getElementById("search");
  const boxes = [...filters.querySelectorAll("input[type=checkbox]")];
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    let shown = 0;
    for (const body of bodies) {
      const text = body.textContent.toLowerCase();
      const visible = !off.has(body.dataset.severity) && !off.has(body.dataset.state) && words.every((word) => text.includes(word));
      body.hidden = !visible;
      shown += visible ? 1 : 0;
    }
    count.textContent = `${shown} of ${bodies.length} shown`;
    nothing.hidden = shown > 0;
  };

  const toggle = (button, open) => {
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
  };

  for (const button of table.querySelectorAll(".toggle")) {
    toggle(button, false);
    button.closest("tr").addEventListener("click", (event) => {
      const selecting = event.target !== button && String(getSelection()) !== "";
      if (!selecting) toggle(button, button.getAttribute("aria-expanded") !== "true");
    });
  }
  if (bodies.length === 1) toggle(bodies[0].querySelector(".toggle"), true);

  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header) => {
    const button = header.querySelector("button");
    button.addEventListener("click", () => {
      const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      const key = (body) => body.dataset[button.dataset.key];
      const numeric = button.dataset.key === "rank" || button.dataset.key === "order";
      const compare = (a, b) => (numeric ? key(a) - key(b) : key(a).localeCompare(key(b))) || a.dataset.order - b.dataset.order;
      bodies.sort((a, b) => direction * compare(a, b));
      table.append(...bodies);
    });
  });

  const all = document.getElementById("all");
  all.addEventListener("click", () => {
    const open = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(open));
    all.textContent = open ? "Close all" : "Open all";
    table.querySelectorAll(".toggle").forEach((button) => toggle(button, open));
  });
  search.addEventListener("input", apply);
  boxes.forEach((box) => box.addEventListener("change", apply));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.hidden = false;
  apply();
})();
