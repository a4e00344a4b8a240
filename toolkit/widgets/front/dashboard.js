// The dashboard: the kernel counts, this page draws the bars and says which one was chosen.

const VIEWS = [
  ["functions", "Calls by service and function", "calls"],
  ["codes", "Result codes", "calls, and share of those shown"],
  ["time", "Calls and failures over time", ""],
  ["slow", "Slowest functions", "95 of 100 calls took no longer than the bar says"],
  ["tasks", "Tasks", "as of the latest reading"],
  ["log", "Log", "events"],
];

const percent = (share) => ` ${(100 * share).toFixed(2).replace(/\.?0+$/, "")}%`;

/** Arrow keys, Home and End go through a group of buttons, of which one is in the tab order. */
function arrows(group) {
  group.addEventListener("keydown", (event) => {
    const all = [...group.querySelectorAll("button[data-key]")];
    const at = all.indexOf(event.target);
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    const to = { Home: 0, End: all.length - 1 }[event.key] ?? at + (steps[event.key] ?? NaN);
    if (at < 0 || Number.isNaN(to) || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const next = all[Math.min(Math.max(to, 0), all.length - 1)];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  });
  return group;
}

/** One button of the group is reached by Tab: the chosen one, or the first. */
function oneInTabOrder(group) {
  const all = [...group.querySelectorAll("button[data-key]")];
  const first = all.find((one) => one.getAttribute("aria-pressed") === "true") ?? all[0];
  for (const one of all) one.tabIndex = one === first ? 0 : -1;
}

function render({ model, el }) {
  const root = frameOf(el, "board", "Dashboard of recorded calls");
  const about = make("p", { class: "tk-summary" });
  const now = make("span", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
  const choices = make("div", { class: "tk-choices", role: "group", "aria-label": "What was chosen" });
  const head = codeLine("The calls");
  const legend = make("div", { class: "tk-legend" },
    make("span", {}, make("i", { class: "tk-fine" }), "succeeded"),
    make("span", {}, make("i", { class: "tk-failed" }), "failed"),
    make("span", { text: "Choose a bar to filter the other views; choose it again to take that back." }),
  );
  const views = make("div", { class: "tk-views" });
  root.append(
    make("div", { class: "tk-head" }, make("h3", { text: "Dashboard" }), make("span", { class: "tk-end" }, now)),
    about, choices, legend, head.node, views,
  );
  const choose = (view, key, extend = false) => model.send({ kind: "choose", view, key, extend });
  const made = Object.fromEntries(VIEWS.map(([name, title, what]) => [name, panel(name, title, what)]));
  views.append(...VIEWS.map(([name]) => made[name].node));

  /** Lines of Python with a button that copies them. */
  function codeLine(word) {
    const code = make("code");
    const copy = button("Copy", "small", () => copyText(code.textContent, copy), {
      "aria-label": `Copy the lines of Python: ${word}`,
    });
    const node = make("div", { class: "tk-line" },
      make("pre", { tabindex: "0", role: "region", "aria-label": `Python: ${word}` }, code), copy);
    return {
      node,
      show(text) {
        node.hidden = !text;
        if (code.textContent !== text) code.textContent = text;
      },
    };
  }

  function panel(name, title, what) {
    const id = unique("view");
    const note = make("div", { class: "tk-hint" });
    const body = make("div");
    const code = codeLine(title);
    const wide = name === "tasks" || name === "log" ? " tk-wide" : "";
    const node = make("section", { class: `tk-view${wide}`, "aria-labelledby": id, "data-view": name },
      make("h4", { id }, title, what ? make("span", { class: "tk-hint", text: what }) : null),
      body, note, code.node);
    return { node, body, note, code };
  }

  function barsOf(view, title, rows, chosen) {
    const group = arrows(make("div", { class: "tk-bars", role: "group", "aria-label": title }));
    group.append(...rows.map((row) => {
      const word = row.word ? `, ${row.word}` : "";
      return make("button", {
        type: "button", class: "tk-bar", "data-key": row.key, "aria-pressed": String(row.key === chosen),
        "aria-label": `${row.name}${word}: ${row.text}`, onclick: () => choose(view, row.key),
      },
        make("span", { class: "tk-name" }, row.name, row.word ? make("span", { class: "tk-word", text: ` ${row.word}` }) : null),
        make("span", { class: "tk-track" },
          make("span", { class: "tk-fine", style: `width:${percent(row.size - row.failed)}` }),
          make("span", { class: "tk-failed", style: `width:${percent(row.failed)}` })),
        make("span", { class: "tk-count", text: row.text }));
    }));
    oneInTabOrder(group);
    return group;
  }

  function columnsOf(view) {
    const group = arrows(make("div", { class: "tk-columns", role: "group", "aria-label": "Calls and failures over time (UTC)" }));
    group.append(...view.columns.map((row) => make("button", {
      type: "button", class: "tk-column", "data-key": row.key, "aria-pressed": String(Boolean(row.chosen)),
      "aria-label": `${row.name} UTC: ${row.text}`, title: `${row.name} UTC: ${row.text}`,
      onclick: (event) => choose("time", row.key, event.shiftKey),
    },
      make("span", { class: "tk-failed", style: `height:${percent(row.failed)}` }),
      make("span", { class: "tk-fine", style: `height:${percent(row.size - row.failed)}` }))));
    oneInTabOrder(group);
    const [first, last] = view.axis.ends;
    const ends = first === last ? [`${first} UTC`] : [`${first} UTC`, `${last} UTC`];
    return [
      make("div", { class: "tk-hint", text: `${view.axis.what}. With Shift: up to there.` }),
      make("div", { class: "tk-plot" },
        make("div", { class: "tk-scale", "aria-hidden": "true" }, make("span", { text: view.axis.most }), make("span", { text: "0" })),
        group,
        make("div", { class: "tk-ticks" }, ...ends.map((text) => make("span", { text })))),
    ];
  }

  function tasksOf(view, chosen) {
    const table = tableOf("Tasks", view.columns, view.rows.map((row) => [row.name, ...row.cells]));
    [...table.querySelectorAll("tbody tr")].forEach((line, at) => {
      const { key, name } = view.rows[at];
      const pressed = key === chosen;
      line.classList.toggle("tk-picked", pressed);
      line.firstChild.replaceChildren(make("button", {
        type: "button", class: "tk-pick", text: name, "data-key": key, "aria-pressed": String(pressed),
        onclick: () => choose("tasks", key),
      }));
    });
    arrows(table);
    oneInTabOrder(table);
    return table;
  }

  function readButton(state) {
    const word = state === "reading" ? "Reading …" : "Read tasks and log from the recordings";
    return button(word, "plain", () => model.send({ kind: "read" }), { disabled: state === "reading" });
  }

  function draw() {
    const shown = model.get("shown");
    const at = document.activeElement;
    const place = root.contains(at) && at.dataset.key
      ? [at.closest("[data-view]")?.dataset.view, at.dataset.key] : null;
    const scrolled = new Map(VIEWS.map(([name]) => [name, made[name].body.querySelector(".tk-bars, .tk-scroll")?.scrollTop]));
    const chosen = Object.fromEntries(shown.choices.map((one) => [one.view, one.key]));
    about.textContent = shown.about;
    now.textContent = shown.now;
    head.show(shown.head);
    choices.hidden = shown.choices.length === 0;
    choices.replaceChildren(
      ...shown.choices.map((one) => button(`${one.text} ✕`, "choice", () => model.send({ kind: "clear", view: one.view }), {
        "aria-label": `Take back: ${one.text}`,
      })),
      button("Show all", "small", () => model.send({ kind: "clear", view: "" })),
    );
    for (const [name, title] of VIEWS) {
      const { body, note, code } = made[name];
      const view = shown.views[name === "log" ? "events" : name];
      note.textContent = view.note;
      note.hidden = !view.note;
      code.show(view.code);
      if (name === "time") body.replaceChildren(...(view.columns.length ? columnsOf(view) : []));
      else if (name === "tasks") body.replaceChildren(...(view.rows.length ? [tasksOf(view, chosen.tasks)] : []));
      else if (name === "log") {
        const levels = shown.views.levels;
        body.replaceChildren(
          ...(levels.rows.length ? [barsOf("levels", "Log events by level", levels.rows, chosen.levels)] : []),
          ...(view.rows.length ? [tableOf("Events of the log", view.columns, view.rows)] : []));
      } else body.replaceChildren(...(view.rows.length ? [barsOf(name, title, view.rows, chosen[name === "slow" ? "functions" : name])] : []));
      if (shown.unread && (name === "tasks" || name === "log")) body.replaceChildren(readButton(shown.unread));
      const list = body.querySelector(".tk-bars, .tk-scroll");
      if (list) list.scrollTop = scrolled.get(name) ?? 0;
    }
    if (place) {
      const again = [...root.querySelectorAll(`[data-view="${place[0]}"] button[data-key]`)].find((one) => one.dataset.key === place[1]);
      if (again) {
        oneInTabOrder(again.parentElement);
        again.tabIndex = 0;
        again.focus({ preventScroll: true });
      }
    }
  }

  model.on("change:shown", draw);
  draw();
  return () => model.off("change:shown", draw);
}

export default { render };
