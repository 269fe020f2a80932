// What the report does beside being read: opens blocks, filters, copies, and goes through the blocks by key. Everything it shows is in the
// page already, so there is nothing to put together from the page's own text.
"use strict";
(() => {
  const list = document.getElementById("blocks");
  const blocks = [...list.children];
  const filter = document.getElementById("filter");
  const words = document.getElementById("words");
  const status = document.getElementById("shown");
  const segments = [...document.querySelectorAll("#strip a")];
  const button = (block) => block.querySelector(".open");
  const shown = () => blocks.filter((block) => !block.hidden);
  let open = null;

  function set(block) {
    if (open) {
      open.classList.remove("is-open");
      button(open).setAttribute("aria-expanded", "false");
    }
    open = block;
    list.classList.toggle("is-pinned", Boolean(open));
    if (open) {
      open.classList.add("is-open");
      button(open).setAttribute("aria-expanded", "true");
    }
  }

  function here(block) {
    segments.forEach((segment) => segment.classList.toggle("here", segment.hash === "#" + block.id));
  }

  function apply() {
    const verdicts = new Set([...filter.elements.verdict].filter((box) => box.checked).map((box) => box.value));
    const near = filter.elements.near && filter.elements.near.checked;
    const kind = filter.elements.kind.value;
    const rule = filter.elements.rule.value;
    const said = words.value.trim().toLowerCase();
    const has = (block, key, value) => !value || block.dataset[key].split(" ").includes(value);
    blocks.forEach((block, at) => {
      const { verdict, near: nearly } = block.dataset;
      block.hidden = !(verdicts.has(verdict) && (!near || nearly) && has(block, "kinds", kind) && has(block, "rules", rule)
        && (!said || block.querySelector(".text").textContent.toLowerCase().includes(said)));
      segments[at].classList.toggle("off", block.hidden);
    });
    if (open && open.hidden) set(null);
    const count = shown().length;
    status.textContent = count === blocks.length ? `All ${count} blocks are shown.` : `${count} of ${blocks.length} blocks are shown.`;
  }

  function step(by) {
    const all = shown();
    if (!all.length) return;
    const now = document.activeElement.closest ? document.activeElement.closest(".block") : null;
    const from = all.indexOf(now || open);
    const at = from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + by, 0), all.length - 1);
    if (open) set(all[at]);
    button(all[at]).focus();
    all[at].scrollIntoView({ block: "nearest" });
  }

  async function copy(from) {
    const code = document.getElementById(from.dataset.copy);
    let done = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      done = document.execCommand("copy");
    }
    from.textContent = done ? "Copied" : "Select it and copy by hand";
    document.getElementById("said").textContent = done ? "The rule file was copied." : "It could not be copied.";
    setTimeout(() => { from.textContent = "Copy"; }, 2000);
  }

  list.addEventListener("click", (event) => {
    const block = event.target.closest(".block");
    const wanted = event.target.closest(".copy");
    if (wanted) copy(wanted);
    else if (event.target.closest(".close")) { set(null); button(block).focus(); }
    else if (block && (event.target.closest(".open") || event.target.closest(".text") && getSelection().isCollapsed)) {
      set(block === open ? null : block);
    }
  });
  list.addEventListener("focusin", (event) => here(event.target.closest(".block")));
  document.getElementById("strip").addEventListener("click", (event) => {
    const block = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (!block) return;
    event.preventDefault();
    block.scrollIntoView({ block: "center" });
    button(block).focus({ preventScroll: true });
  });
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(apply));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], select");
    if (event.key === "Escape") {
      if (event.target === words) { words.value = ""; apply(); words.blur(); }
      else if (open) { const block = open; set(null); button(block).focus(); }
    } else if (typing) {
      return;
    } else if (event.key === "j" || event.key === "ArrowDown" && event.target.matches(".open")) {
      step(1); event.preventDefault();
    } else if (event.key === "k" || event.key === "ArrowUp" && event.target.matches(".open")) {
      step(-1); event.preventDefault();
    } else if (event.key === "/") {
      words.focus(); event.preventDefault();
    }
  });

  // Served by --watch: asks whether a file was saved, and shows the new page where the reader was.
  const version = document.documentElement.dataset.version;
  if (version) {
    const keep = () => sessionStorage.setItem("inspect", JSON.stringify({
      open: open && open.id, y: scrollY, words: words.value, kind: filter.elements.kind.value,
      off: [...filter.elements.verdict].filter((box) => !box.checked).map((box) => box.value),
    }));
    const kept = JSON.parse(sessionStorage.getItem("inspect") || "null");
    if (kept) {
      sessionStorage.removeItem("inspect");
      words.value = kept.words;
      filter.elements.kind.value = kept.kind;
      for (const box of filter.elements.verdict) box.checked = !kept.off.includes(box.value);
      set(document.getElementById(kept.open || "") || null);
      scrollTo({ top: kept.y, behavior: "instant" });
    }
    const ask = async () => {
      try {
        const now = await (await fetch("version", { cache: "no-store" })).text();
        if (now !== version) { keep(); location.reload(); return; }
      } catch { /* The command has ended; it may come back. */ }
      setTimeout(ask, 500);
    };
    setTimeout(ask, 500);
  }
  apply();
})();
