// The login form. What is typed leaves the page in one message and is kept nowhere: not in the
// widget's state, which notebooks save, and not in this page after it was sent.

const LOCK =
  "M5 7V5a3 3 0 0 1 6 0v2h.5A1.5 1.5 0 0 1 13 8.5v4A1.5 1.5 0 0 1 11.5 14h-7A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7H5Zm1.5 0h3V5a1.5 1.5 0 0 0-3 0v2Z";

function lock() {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "tk-lock");
  path.setAttribute("d", LOCK);
  svg.append(path);
  return svg;
}

function fieldOf(field) {
  const id = unique("answer");
  const input = make("input", {
    id,
    type: field.hidden ? "password" : "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "data-1p-ignore": "true",
    "data-lpignore": "true",
  });
  const toggle = field.hidden
    ? button("Show", "small", () => {
        const shown = input.type === "text";
        input.type = shown ? "password" : "text";
        toggle.textContent = shown ? "Show" : "Hide";
        toggle.setAttribute("aria-pressed", String(!shown));
      }, { "aria-pressed": "false", "aria-controls": id, tabindex: "-1" })
    : null;
  const node = make(
    "div",
    { class: "tk-field" },
    make("label", { for: id, text: field.label }),
    make("div", { class: "tk-row" }, input, toggle),
  );
  return { node, input };
}

function render({ model, el }) {
  const root = frameOf(el, "login", "Login form");
  const where = make("span", { class: "tk-where" });
  const round = make("span", { class: "tk-chip tk-end" });
  const message = messageLine();
  const fields = make("div");
  const submit = make("button", { type: "submit", class: "tk-button tk-main", text: "Submit" });
  const abort = button("Abort", "plain", () => send("abort"));
  const again = button("Try again", "main", () => send("again"));
  const actions = make("div", { class: "tk-actions" }, submit, abort, again);
  const form = make("form", { autocomplete: "off", novalidate: true }, fields, actions);
  root.append(
    make("div", { class: "tk-head" }, lock(), make("h3", { text: "Log in" }), where, round),
    message.node,
    form,
  );
  let inputs = [];
  let drawn = -1;

  function send(kind, values) {
    const { number } = model.get("shown");
    model.send(values === undefined ? { kind, number } : { kind, number, values });
  }

  function forget() {
    for (const input of inputs) input.value = "";
    inputs = [];
    fields.replaceChildren();
  }

  function answer() {
    if (model.get("shown").phase !== "asking" || submit.disabled) return;
    submit.disabled = abort.disabled = true;
    send("answers", inputs.map((input) => input.value));
    for (const input of inputs) {
      input.value = "";
      input.disabled = true;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  form.addEventListener("keydown", (event) => {
    const at = inputs.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || at < 0) return;
    event.preventDefault();
    // Answers are sent once and never again, so none is sent half typed.
    const next = inputs.slice(at + 1).find((input) => !input.value);
    if (next) next.focus();
    else answer();
  });

  function draw() {
    const shown = model.get("shown");
    const asking = shown.phase === "asking";
    where.textContent = shown.title;
    round.hidden = !shown.round;
    round.textContent = `Round ${shown.round}`;
    submit.hidden = abort.hidden = !asking;
    submit.textContent = shown.fields.length ? "Submit" : "Continue";
    again.hidden = shown.phase !== "again";
    form.hidden = !asking && again.hidden;
    message.show(shown.says, shown.tone, shown.detail);
    if (!asking) {
      drawn = -1;
      forget();
      if (!again.hidden) focusOn(again, root);
      return;
    }
    if (drawn === shown.number) return;
    drawn = shown.number;
    forget();
    const made = shown.fields.map(fieldOf);
    inputs = made.map((field) => field.input);
    fields.replaceChildren(...made.map((field) => field.node));
    submit.disabled = abort.disabled = false;
    focusOn(inputs[0] ?? submit, root);
  }

  model.on("change:shown", draw);
  draw();
  return () => {
    model.off("change:shown", draw);
    forget();
  };
}

export default { render };
