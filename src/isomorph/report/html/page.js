"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  const fields = { severity: byId("filter-severity"), verdict: byId("filter-verdict"), rule: byId("filter-rule") };
  const environment = byId("filter-environment");
  const search = byId("filter-text");
  const form = byId("filters");
  const help = byId("help");
  const workloads = all(".workload").map((section) => ({
    section,
    name: section.querySelector("h3").textContent.toLowerCase(),
    findings: all(".finding", section).map((element) => ({ element, data: element.dataset, text: null })),
  }));
  const rows = new Map(all("#matrix tbody tr").map((row) => [row.dataset.workload, row]));
  const total = workloads.reduce((sum, each) => sum + each.findings.length, 0);

  // Lines around a place are left out: they say something of their neighbours.
  const textOf = (finding) =>
    (finding.text ??= all("summary, .value, .where", finding.element)
      .map((each) => each.textContent)
      .join(" ")
      .toLowerCase());

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = Object.entries(fields).filter(([, field]) => field.value);
    const active = words.length > 0 || asked.length > 0 || environment.value !== "";
    let shown = 0;
    for (const { section, name, findings } of workloads) {
      let some = false;
      for (const finding of findings) {
        const { data, element } = finding;
        const fits =
          asked.every(([key, field]) => data[key] === field.value) &&
          (!environment.value || data.environments.split("|").includes(environment.value)) &&
          words.every((word) => name.includes(word) || textOf(finding).includes(word));
        element.hidden = !fits;
        some ||= fits;
        shown += fits;
      }
      section.hidden = active && !some;
      const row = rows.get(section.id);
      if (row) row.hidden = section.hidden;
    }
    byId("shown").textContent = active ? `${shown} of ${total} findings` : `${total} finding${total === 1 ? "" : "s"}`;
    byId("nothing").hidden = !active || shown > 0;
  }

  function clear() {
    form.reset();
    filter();
  }

  function go() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && byId(id);
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    target.scrollIntoView();
    const focused = target.closest(".finding")?.querySelector("summary") ?? target;
    focused.focus({ preventScroll: true });
  }

  function move(step) {
    const visible = all(".finding:not([hidden]) > summary").filter((each) => !each.closest("section[hidden]"));
    const at = visible.indexOf(document.activeElement);
    let next = at + step;
    if (at < 0) next = step > 0 ? visible.findIndex((each) => each.getBoundingClientRect().bottom > 0) : visible.length - 1;
    const found = visible[Math.max(0, Math.min(visible.length - 1, next))];
    if (!found) return;
    found.focus();
    found.scrollIntoView({ block: "nearest" });
  }

  function moveCell(cell, down, right) {
    const row = cell.parentElement;
    const visible = all("tr:not([hidden])", row.parentElement);
    const target = right ? row.children[cell.cellIndex + right] : visible[visible.indexOf(row) + down]?.children[cell.cellIndex];
    target?.querySelector("a")?.focus();
  }

  const ARROWS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const active = document.activeElement;
    if (event.key === "Escape") {
      active.blur();
      clear();
      return;
    }
    if (active.matches("input, select, textarea")) return;
    const cell = active.closest("#matrix td, #matrix tbody th");
    const arrow = ARROWS[event.key];
    if (cell && arrow) moveCell(cell, ...arrow);
    else if (event.key === "j" || (event.key === "ArrowDown" && active.matches(".finding > summary"))) move(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && active.matches(".finding > summary"))) move(-1);
    else if (event.key === "/") search.focus();
    else if (event.key === "?") help.showModal();
    else return;
    event.preventDefault();
  }

  function stored(theme) {
    try {
      if (theme) localStorage.setItem("isomorph-theme", theme);
      return localStorage.getItem("isomorph-theme");
    } catch {
      return null;
    }
  }

  const button = byId("theme-button");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const label = () => (button.textContent = isDark() ? "Light" : "Dark");
  const kept = stored();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored(root.dataset.theme);
    label();
  });
  prefersDark.addEventListener("change", label);
  label();

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 60);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    if (link.dataset.environment) {
      environment.value = link.dataset.environment;
      filter();
    }
    if (link.hash === location.hash) go();
  });
  const openAll = byId("open-all");
  openAll.addEventListener("click", () => {
    const open = openAll.getAttribute("aria-pressed") === "false";
    openAll.setAttribute("aria-pressed", String(open));
    openAll.textContent = open ? "Close all" : "Open all";
    for (const { findings } of workloads) for (const { element } of findings) element.open = open && !element.hidden;
  });
  byId("help-button").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", press);
  addEventListener("hashchange", go);
  addEventListener("load", () => setTimeout(go)); // again: the browser, when it scrolls by itself, takes the focus away
  form.hidden = false;
  document.querySelector(".buttons").hidden = false;
  filter();
  go();
})();
