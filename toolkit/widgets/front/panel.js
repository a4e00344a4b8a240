// The deck: its state is the kernel's; this page shows it and says what was pressed.

const STATES = {
  empty: ["○", "Empty"],
  stopped: ["■", "Stopped"],
  recording: ["●", "Recording"],
  replaying: ["▶", "Replaying"],
};

function ago(seconds) {
  const steps = [[60, "second"], [60, "minute"], [24, "hour"], [30, "day"], [12, "month"], [1e9, "year"]];
  let count = Math.max(0, Math.round(seconds));
  for (const [size, word] of steps) {
    if (count < size) return word === "second" ? "just now" : `${count} ${word}${count === 1 ? "" : "s"} ago`;
    count = Math.round(count / size);
  }
  return "";
}

function sizeOf(bytes) {
  if (bytes === null) return "–";
  if (bytes < 1000) return `${bytes} bytes`;
  const [count, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${count.toFixed(count < 10 ? 1 : 0)} ${unit}`;
}

function render({ model, el }) {
  const root = frameOf(el, "deck", "Deck: record and replay");
  const mark = make("span", { "aria-hidden": "true" });
  const word = make("span");
  const state = make("span", { class: "tk-chip tk-state", role: "status", "aria-live": "polite" }, mark, word);
  const id = unique("cassette");
  const listId = unique("cassettes");
  const offered = make("datalist", { id: listId });
  const name = make("input", {
    id, type: "text", list: listId, spellcheck: "false", autocomplete: "off", placeholder: "monday",
  });
  const press = (kind) => () => model.send({ kind, name: name.value });
  const buttons = {
    record: button("Record", "main", press("record")),
    replay: button("Replay", "plain", press("replay")),
    stop: button("Stop", "plain", press("stop")),
    eject: button("Eject", "plain", press("eject")),
  };
  for (const [kind, sign] of [["record", "●"], ["replay", "▶"], ["stop", "■"], ["eject", "⏏"]]) {
    buttons[kind].prepend(make("span", { "aria-hidden": "true", text: `${sign} ` }));
  }
  const message = messageLine();
  const facts = make("div", { class: "tk-facts" });
  const calls = make("div");
  const missing = make("details", { class: "tk-missing", open: true });
  root.append(
    make("div", { class: "tk-head" }, make("h3", { text: "Deck" }), make("span", { class: "tk-end" }, state)),
    make(
      "div",
      { class: "tk-reel" },
      make("div", { class: "tk-field" }, make("label", { for: id, text: "Cassette" }), name, offered),
      make("div", { class: "tk-actions" }, ...Object.values(buttons)),
    ),
    message.node,
    facts,
    missing,
    calls,
  );
  name.addEventListener("focus", () => model.send({ kind: "names" }));
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      press("insert")();
    }
  });
  name.addEventListener("change", press("insert"));

  function fact(term, value) {
    return make("div", {}, make("span", { class: "tk-hint", text: term }), make("strong", { text: value }));
  }

  function draw() {
    const shown = model.get("shown");
    const runs = shown.state === "recording" || shown.state === "replaying";
    const [sign, says] = STATES[shown.state];
    state.dataset.state = shown.state;
    mark.textContent = sign;
    if (word.textContent !== says) word.textContent = says;
    if (document.activeElement !== name || runs) name.value = shown.name;
    name.disabled = runs;
    offered.replaceChildren(...model.get("names").map((value) => make("option", { value })));
    buttons.record.disabled = buttons.replay.disabled = runs;
    buttons.stop.disabled = !runs;
    buttons.eject.disabled = shown.state === "empty";
    message.show(shown.says, shown.tone);
    facts.hidden = shown.state === "empty";
    facts.replaceChildren(
      fact("File", shown.path),
      fact(runs ? "Calls so far" : "Calls", shown.calls === null ? "–" : String(shown.calls)),
      fact("Size", sizeOf(shown.size)),
      fact("Age", shown.changed === null ? "–" : ago(Date.now() / 1000 - shown.changed)),
    );
    calls.hidden = shown.last.length === 0;
    calls.replaceChildren(
      make("div", { class: "tk-label", text: "Last calls" }),
      tableOf("Last calls", ["Time", "Function", "Target", "Outcome", "ms", "From"], shown.last),
    );
    missing.hidden = shown.missing.length === 0;
    missing.replaceChildren(
      make("summary", { text: `✕ Not in the recording: ${shown.lost}` }),
      ...shown.missing.map((why) => make("pre", { class: "tk-why", text: why })),
    );
  }

  model.on("change:shown", draw);
  model.on("change:names", draw);
  draw();
  const clock = setInterval(draw, 30_000);
  return () => {
    clearInterval(clock);
    model.off("change:shown", draw);
    model.off("change:names", draw);
  };
}

export default { render };
