// What makes the pages livelier; all of them work without it.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Pointing at a value lights its box and its note, and the other way round.
  const light = (event) => {
    const cite = event.target.closest?.("[data-cite]")?.dataset.cite;
    for (const one of all("[data-cite]")) one.classList.toggle("lit", one.dataset.cite === cite);
  };
  addEventListener("mouseover", light);
  addEventListener("focusin", light);

  // Replaces the parts that carry data-swap by those of a freshly fetched page.
  const swap = (page) => {
    for (const old of all("[data-swap]")) {
      const fresh = page.getElementById(old.id);
      if (fresh) old.replaceWith(fresh);
    }
  };
  const fetched = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // Selecting a value keeps both panes where they are and scrolls only as far as needed.
  const result = document.querySelector("[data-result]");
  const selected = () => new URLSearchParams(location.search).get("cite");
  const show = (behavior = "smooth") => {
    const cite = selected();
    for (const one of all("main [data-cite]")) one.classList.toggle("sel", one.dataset.cite === cite);
    const box = document.querySelector(".leaf a.sel[data-selected]");
    const pane = document.querySelector(".leaves");
    // On a narrow screen page and values stand below each other: the whole must not jump by itself.
    if (behavior === "instant" && matchMedia("(max-width: 900px)").matches) {
      const begin = box || document.querySelector(".leaf[data-start]");
      if (begin) pane.scrollTop += begin.getBoundingClientRect().top - pane.getBoundingClientRect().top - (box ? 80 : 0);
      return;
    }
    if (!box && behavior === "instant" && !location.hash) {
      document.querySelector(".leaf[data-start]")?.scrollIntoView({ block: "start", behavior });
    }
    if (box) {
      const place = box.getBoundingClientRect();
      const frame = pane.getBoundingClientRect();
      const share = (place.top - frame.top) / frame.height;
      if (share < 0.2 || share > 0.8) box.scrollIntoView({ block: "center", behavior });
    }
    document.querySelector("main .sel")?.scrollIntoView({ block: "nearest" });
  };
  const select = async (cite) => {
    const address = cite ? `?cite=${encodeURIComponent(cite)}` : location.pathname;
    history.pushState(null, "", address);
    swap(await fetched(location.href));
    show();
  };
  if (result) {
    addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='?cite=']");
      if (!link || event.metaKey || event.ctrlKey || event.button) return;
      event.preventDefault();
      select(new URLSearchParams(link.getAttribute("href")).get("cite"));
    });
    addEventListener("popstate", async () => {
      swap(await fetched(location.href));
      show();
    });
    const step = (links, by) => {
      const order = [...new Set(links.map((one) => one.dataset.cite))];
      const at = order.indexOf(selected());
      if (order.length) select(order[(at + by + (at < 0 && by < 0 ? 1 : 0) + order.length) % order.length]);
    };
    addEventListener("keydown", (event) => {
      if (event.target.closest?.("input,select,textarea") || event.metaKey || event.ctrlKey) return;
      if (event.key === "j") step(all("td[data-cite]"), 1);
      else if (event.key === "k") step(all("td[data-cite]"), -1);
      else if (event.key === "f") step(all("[data-failed] [data-cite]"), 1);
      else if (event.key === "Escape" && selected()) select("");
    });
    for (const keys of all("[data-keys]")) keys.hidden = false;
    show("instant");
    const strip = all(".strip a");
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const link = strip.find((one) => one.hash === `#${entry.target.id}`);
          if (entry.isIntersecting) link?.setAttribute("aria-current", "page");
          else link?.removeAttribute("aria-current");
        }
      },
      { root: document.querySelector(".leaves"), rootMargin: "-45% 0px -45% 0px" },
    );
    for (const leaf of all(".leaf")) seen.observe(leaf);
  }

  // What is still running is fetched again until it has ended; then the one job's result opens.
  const watch = async () => {
    const part = document.querySelector("[data-poll]");
    if (!part) return;
    try {
      swap(await fetched(part.dataset.poll));
      const one = document.getElementById("one");
      if (one?.dataset.status === "succeeded") return location.assign(one.dataset.done);
      if (one && !one.dataset.poll) return location.reload();
    } catch {
      // The server is away for a moment: what is shown stays, and we ask again.
    }
    setTimeout(watch, 700);
  };
  watch();

  // Dropping a file anywhere on the first page puts it into the form.
  const form = document.querySelector("[data-drop]");
  if (form) {
    const field = form.querySelector("input[type=file]");
    for (const name of ["dragover", "dragleave", "drop"])
      addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) field.files = event.dataTransfer.files;
      });
  }
})();
