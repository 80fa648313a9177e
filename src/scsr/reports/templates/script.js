(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // the first of the reader's languages that there is; English otherwise
  const languages = all(".languages input");
  const read = (navigator.languages || []).map((tag) => tag.toLowerCase().split("-")[0].replace(/^no$/, "nb"));
  const own = read.map((code) => languages.find((one) => one.value === code)).find(Boolean);
  if (own) own.checked = true;

  const folded = all("details.code");
  const tools = document.querySelector(".tools");
  if (tools && folded.length) {
    const button = document.createElement("button");
    button.type = "button";
    const label = () => { button.textContent = folded.every((d) => d.open) ? "Hide all code" : "Show all code"; };
    button.addEventListener("click", () => {
      const open = !folded.every((d) => d.open);
      folded.forEach((d) => { d.open = open; });
      label();
    });
    label();
    tools.append(button);
  }

  const value = (row, i) => row.cells[i].textContent.trim();
  const amount = (text) => {
    const plain = text.replace(/,/g, "").replace(/−/g, "-").replace("∞", "Infinity");
    const power = plain.match(/^(\S+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/);
    if (!power) return plain === "–" ? NaN : Number(plain);
    return Number(power[1]) * 10 ** Number([...power[2]].map((c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]).join(""));
  };
  all("table.data").forEach((table) => {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    all("thead th", table).forEach((head, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const numeric = head.classList.contains("num");
        const rows = [...body.rows].sort((a, b) => {
          const [x, y] = [value(a, i), value(b, i)];
          if (!numeric) return x.localeCompare(y) * (down ? -1 : 1);
          const [p, q] = [amount(x), amount(y)];
          if (Number.isNaN(p) || Number.isNaN(q)) return Number.isNaN(p) - Number.isNaN(q);
          return p === q ? 0 : (p < q ? -1 : 1) * (down ? -1 : 1);
        });
        body.append(...rows);
      });
    });
  });

  const links = new Map(all("nav.contents a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  if (links.size && "IntersectionObserver" in window) {
    const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const mark = () => {
      const passed = headings.filter((h) => h.getBoundingClientRect().top < window.innerHeight * 0.3);
      links.forEach((a) => a.removeAttribute("aria-current"));
      const now = passed.at(-1);
      if (now) links.get(now.id).setAttribute("aria-current", "true");
    };
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -70% 0px" });
    headings.forEach((h) => observer.observe(h));
    mark();
  }

  all("time[data-age]").forEach((time) => {
    const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / 864e5);
    if (days >= 0) time.append(days === 0 ? " (today)" : days === 1 ? " (yesterday)" : ` (${days} days ago)`);
  });

  window.addEventListener("beforeprint", () => all("details:not(.code)").forEach((d) => { d.open = true; }));
})();
