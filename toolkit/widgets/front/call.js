// The function form: everything it shows comes from the service's table of functions.

const LIMIT = 8_000_000; // bytes that go through a notebook's connection in one message

/** The box that finds a function: search as you type, arrows, Enter, Escape. */
function finder(functions, choose) {
  const id = unique("function");
  const listId = unique("functions");
  const input = make("input", {
    id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
    placeholder: "Search: status, log, task …",
  });
  const list = make("ul", { id: listId, class: "tk-options", role: "listbox", "aria-label": "Functions" });
  const count = make("span", { class: "tk-read-out", role: "status", "aria-live": "polite" });
  let found = [];
  let at = -1;

  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    found = functions.filter((one) => fits(one.words));
    found.sort((one, other) => fits(other.method) - fits(one.method));
    list.replaceChildren(...found.map((one, place) => option(one, place)));
    if (!found.length) list.append(make("li", { class: "tk-hint", text: "No function has these words." }));
    at = -1;
    count.textContent = `${found.length} functions`;
    open(true);
  }
  function option(one, place) {
    const node = make(
      "li",
      { id: `${listId}-${place}`, role: "option", "aria-selected": "false" },
      make("span", { class: "tk-method", text: one.method }),
      make("span", { class: "tk-hint", text: one.summary }),
      one.destroys ? make("span", { class: "tk-chip tk-bad", text: "destroys" })
        : one.changes ? make("span", { class: "tk-chip", text: "changes" }) : null,
    );
    node.addEventListener("mousedown", (event) => {
      event.preventDefault();
      pick(one);
    });
    return node;
  }
  function open(yes) {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) input.removeAttribute("aria-activedescendant");
  }
  function move(by) {
    if (!found.length) return;
    at = at < 0 && by < 0 ? found.length - 1 : (at + by + found.length) % found.length;
    [...list.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", `${listId}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }
  function pick(one) {
    input.value = one.method;
    open(false);
    choose(one);
  }
  input.addEventListener("input", search);
  input.addEventListener("click", () => list.hidden && (input.select(), (input.value ? showAll : search)()));
  input.addEventListener("blur", () => open(false));
  function showAll() {
    const kept = input.value;
    input.value = "";
    search();
    input.value = kept;
    input.select();
  }
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) showAll();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const exact = functions.find((one) => one.method === input.value || one.name === input.value);
      if (!list.hidden && found.length) pick(found[Math.max(at, 0)]);
      else if (exact) pick(exact);
    } else if (event.key === "Escape") open(false);
  });
  open(false);
  return {
    input,
    node: make("div", { class: "tk-field tk-finder" },
      make("label", { for: id, text: "Function" }), input, list, count),
  };
}

/** One argument's field: how it looks, and how its value is read. */
function argumentField(argument, offer, check) {
  const id = unique(argument.name);
  const hintId = unique("hint");
  const hint = make("span", { id: hintId, class: "tk-hint" });
  const listId = unique("names");
  const label = make("label", { for: id, text: argument.label });
  const more = { id, "aria-describedby": hintId };
  let input;
  let read = () => input.value;
  if (argument.kind === "choice" || argument.kind === "boolean") {
    const choices = argument.kind === "boolean" ? ["true", "false"] : argument.choices;
    const none = argument.optional ? [make("option", { value: "", text: "(left out)" })] : [];
    input = make("select", more, ...none, ...choices.map((text) => make("option", { value: text, text })));
  } else if (argument.kind === "binary" || argument.kind === "csv") {
    input = make("input", { ...more, type: "file" });
    hint.textContent = "A file, up to 8 MB.";
    read = () => input.files[0] ?? null;
  } else if (argument.kind === "xml" || argument.kind === "json") {
    const placeholder = argument.kind === "xml" ? "<…/>" : "{…}";
    input = make("textarea", { ...more, spellcheck: "false", rows: "5", placeholder });
    hint.setAttribute("role", "status");
    let timer;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => check(input.value, (answer) => {
        hint.textContent = answer.says;
        hint.dataset.tone = answer.tone;
      }), 250);
    });
  } else {
    input = make("input", {
      ...more, type: "text", spellcheck: "false", autocomplete: "off",
      list: argument.listed ? listId : null,
    });
    const kinds = { integer: "A whole number.", time: "For example 2019-04-01T08:00:00Z." };
    hint.textContent = argument.wildcard ? "* means all of them." : kinds[argument.kind] ?? "";
    if (argument.kind === "integer") input.setAttribute("inputmode", "numeric");
  }
  const names = make("datalist", { id: listId });
  if (argument.listed) {
    input.addEventListener("focus", () => offer((answer) => {
      names.replaceChildren(...answer.names.map((value) => make("option", { value })));
      const all = argument.wildcard ? " * means all of them." : "";
      hint.textContent = (answer.says || `${answer.names.length} to choose from.`) + all;
    }));
  }
  return { node: make("div", { class: "tk-field" }, label, input, names, hint), input, read };
}

function render({ model, el }) {
  const root = frameOf(el, "call", "Function form");
  const functions = model.get("functions").map((one) => ({
    ...one, words: `${one.name} ${one.method} ${one.summary}`.toLowerCase(),
  }));
  const about = make("p", { class: "tk-about" });
  const fields = make("div", { class: "tk-fields" });
  const run = make("button", { type: "submit", class: "tk-button tk-main", text: "Run" });
  const actions = make("div", { class: "tk-actions" }, run);
  const form = make("form", { novalidate: true, autocomplete: "off" }, about, fields, actions);
  const ask = make("div", { class: "tk-ask", role: "alertdialog", "aria-label": "Before it is run" });
  const message = messageLine();
  const result = make("div");
  const code = make("code");
  const copy = button("Copy", "small", () => copyText(code.textContent, copy));
  const line = make("div", { class: "tk-line" }, make("pre", {}, code), copy);
  const waiting = new Map();
  let chosen = null;
  let given = [];
  const find = finder(functions, choose);
  root.append(
    make("div", { class: "tk-head" }, make("h3", { text: "Call a function" }),
      make("span", { class: "tk-where", text: model.get("where") })),
    find.node, form, ask, message.node, result, line,
  );

  function request(content, then) {
    const key = unique("key");
    waiting.set(key, then);
    model.send({ ...content, key });
  }
  function add(argument, place, title) {
    const field = argumentField(
      { ...argument, label: argument.optional ? `${title} (optional)` : title },
      (then) => request({ kind: "offer", function: chosen.name, place, values: texts(place) }, then),
      (text, then) => request({ kind: "check", text, as: argument.kind }, then),
    );
    given.push(field);
    fields.append(field.node);
    return field;
  }
  const texts = (place) => given.slice(0, place).map((field) => String(field.read() ?? ""));

  function choose(one) {
    chosen = one;
    given = [];
    form.hidden = false;
    ask.hidden = result.hidden = line.hidden = true; // what another function gave
    message.show("");
    about.replaceChildren(
      make("span", { text: one.summary }),
      one.destroys ? make("span", { class: "tk-chip tk-bad", text: "destroys data" })
        : one.changes ? make("span", { class: "tk-chip", text: "changes state" }) : "",
    );
    fields.replaceChildren();
    one.arguments.forEach((argument, place) => {
      if (!argument.repeated) {
        add(argument, place, argument.name);
        return;
      }
      const another = button("Add another", "small", () => {
        const field = add(argument, place, `${argument.name} ${given.length - place + 1}`);
        fields.append(another);
        field.input.focus();
      });
      another.textContent = `Add ${argument.name}`;
      fields.append(another);
    });
    focusOn(given[0]?.input ?? run, root);
  }

  async function send(more = {}) {
    const buffers = [];
    const values = [];
    for (const field of given) {
      const value = field.read();
      if (value instanceof File) {
        if (value.size > LIMIT) {
          message.show(`${value.name} is larger than 8 MB; call ${chosen.method} with a path instead.`, "bad");
          return;
        }
        values.push({ file: value.name, buffer: buffers.length });
        buffers.push(await value.arrayBuffer());
      } else values.push(value);
    }
    ask.hidden = true;
    run.disabled = true;
    model.send({ kind: "run", function: chosen.name, values, ...more }, undefined, buffers);
  }

  /** What changes state asks first; what destroys wants to read the name. */
  function confirm() {
    const place = chosen.arguments.findLastIndex((argument) => argument.names);
    const name = place < 0 ? chosen.name : String(given[place].read()).trim();
    const id = unique("name");
    const typed = make("input", { id, type: "text", autocomplete: "off", spellcheck: "false" });
    const yes = button(chosen.destroys ? "Destroy" : "Run it", chosen.destroys ? "danger" : "main", () =>
      send({ confirmed: true, typed: typed.value }));
    const no = button("Cancel", "plain", () => {
      ask.hidden = true;
      run.focus();
    });
    const says = chosen.destroys
      ? `${chosen.method} cannot be taken back.`
      : `${chosen.method} changes state on the server. Run it?`;
    ask.replaceChildren(make("div", { class: "tk-label", text: says }));
    if (chosen.destroys) {
      yes.disabled = true;
      typed.addEventListener("input", () => (yes.disabled = typed.value !== name));
      typed.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        if (!yes.disabled) yes.click();
      });
      ask.append(make("div", { class: "tk-field" },
        make("label", { for: id, text: `Type ${name} to confirm` }), typed));
    }
    ask.append(make("div", { class: "tk-actions" }, yes, no));
    ask.hidden = false;
    (chosen.destroys ? typed : yes).focus();
  }
  function go() {
    if (!chosen || run.disabled) return;
    if (chosen.changes) confirm();
    else send();
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    go();
  });
  ask.addEventListener("keydown", (event) => {
    if (event.key === "Escape") ask.querySelector(".tk-plain").click();
  });

  function answered(content) {
    const then = waiting.get(content.key);
    waiting.delete(content.key);
    if (then) then(content);
  }
  function draw() {
    const shown = model.get("shown");
    run.disabled = shown.phase === "running";
    message.show(shown.says, shown.tone, shown.detail);
    result.replaceChildren(
      ...(shown.table ? [tableOf(shown.says, shown.table.columns, shown.table.rows)] : []),
    );
    result.hidden = !shown.table;
    line.hidden = !shown.code;
    code.textContent = shown.code;
  }
  form.hidden = ask.hidden = true;
  model.on("msg:custom", answered);
  model.on("change:shown", draw);
  draw();
  return () => {
    model.off("msg:custom", answered);
    model.off("change:shown", draw);
  };
}

export default { render };
