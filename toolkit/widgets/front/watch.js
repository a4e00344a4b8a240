// A watch: its looks are the kernel's; this page shows what they saw and can end it.

function render({ model, el }) {
  const root = frameOf(el, "watch", "Watch: what changes on a service");
  const mark = make("span", { "aria-hidden": "true" });
  const word = make("span");
  const state = make("span", { class: "tk-chip tk-state", role: "status", "aria-live": "polite" }, mark, word);
  const where = make("span", { class: "tk-hint" });
  const stop = button("Stop", "plain", () => model.send({ kind: "stop" }));
  stop.prepend(make("span", { "aria-hidden": "true", text: "■ " }));
  const message = messageLine();
  const changes = make("div", { class: "tk-changes" });
  const table = make("details", { class: "tk-now" });
  root.append(
    make(
      "div",
      { class: "tk-head" },
      make("h3", { text: "Watch" }),
      where,
      make("span", { class: "tk-end" }, state, stop),
    ),
    message.node,
    changes,
    table,
  );

  function draw() {
    const shown = model.get("shown");
    const runs = shown.ended === "";
    state.dataset.state = runs ? "replaying" : "stopped";
    mark.textContent = runs ? "▶" : "■";
    const says = runs ? "Watching" : "Ended";
    if (word.textContent !== says) word.textContent = says;
    where.textContent = shown.where;
    stop.disabled = !runs;
    message.show(shown.says, shown.tone);
    changes.replaceChildren(
      make("div", { class: "tk-label", text: "Last changes" }),
      shown.changes.length
        ? tableOf("Last changes", ["Time", "What", "Where", "Now", "Before"], shown.changes)
        : make("div", { class: "tk-hint", text: "Nothing has changed yet." }),
    );
    table.hidden = shown.rows.length === 0;
    const open = table.open;
    table.replaceChildren(
      make("summary", { text: `${shown.name} at the last look: ${shown.count}` }),
      tableOf(shown.name, shown.columns, shown.rows),
    );
    table.open = open;
  }

  model.on("change:shown", draw);
  draw();
  return () => model.off("change:shown", draw);
}

export default { render };
