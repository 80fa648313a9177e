(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // a list of links becomes a list box: one section is shown, the arrow keys choose (WAI-ARIA practices, listbox)
  all(".explorer").forEach((explorer) => {
    const navigation = explorer.querySelector(".choices");
    const links = all("a", navigation);
    if (links.length < 2) return;
    const list = document.createElement("div");
    list.className = "choices";
    list.setAttribute("aria-label", navigation.getAttribute("aria-label"));
    list.append(...navigation.childNodes);
    navigation.replaceWith(list);
    const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    let chosen = 0;

    const options = links.map((link, i) => {
      const option = link.parentElement;
      option.setAttribute("role", "option");
      option.id = `${sections[i].id}-option`;
      option.replaceChildren(...link.childNodes);
      option.addEventListener("click", () => choose(i));
      return option;
    });
    all("div", list).forEach((group, i) => {
      const name = group.firstElementChild;
      name.id = `${explorer.id}-group-${i}`;
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", name.id);
      group.lastElementChild.setAttribute("role", "presentation");
    });
    list.setAttribute("role", "listbox");
    list.tabIndex = 0;

    const choose = (i) => {
      chosen = i;
      options.forEach((option, j) => option.setAttribute("aria-selected", String(j === i)));
      sections.forEach((section, j) => section.classList.toggle("chosen", j === i));
      list.setAttribute("aria-activedescendant", options[i].id);
      const [box, one] = [list, options[i]].map((element) => element.getBoundingClientRect());
      const above = one.top - box.top - 32;
      const below = one.bottom - box.bottom + 8;
      if (above < 0) list.scrollTop += above;
      else if (below > 0) list.scrollTop += below;
    };
    const moves = { ArrowDown: (i) => i + 1, ArrowUp: (i) => i - 1, Home: () => 0, End: () => options.length - 1 };
    list.addEventListener("keydown", (event) => {
      if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      choose(Math.max(0, Math.min(options.length - 1, moves[event.key](chosen))));
    });

    const named = (hash) => sections.findIndex((section) => section.id === decodeURIComponent(hash.slice(1)));
    document.addEventListener("click", (event) => {
      const link = event.target.closest && event.target.closest("a[href^='#']");
      if (link && named(link.hash) >= 0) choose(named(link.hash));
    });
    const arrive = () => {
      if (named(location.hash) < 0) return;
      choose(named(location.hash));
      sections[chosen].scrollIntoView();
    };
    addEventListener("hashchange", arrive);
    explorer.classList.add("ready");
    choose(0);
    arrive();
  });
})();
