// What every form shares. It stands before the form's own script: a widget's script is one module.

let counted = 0;

/** An id that no other element of the page has; labels are tied to fields by it. */
function unique(word) {
  counted += 1;
  return `tk-${word}-${Date.now().toString(36)}-${counted}`;
}

/** An element. Text is always set as text, never read as HTML. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** The form's outermost element. The notebook's shortcuts do not apply inside of it. */
function frameOf(el, word, label) {
  const root = make("section", {
    class: `tk tk-${word}`,
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
    "data-jp-suppress-context-menu": "true",
  });
  el.append(root);
  return root;
}

/** Shows a sentence and reads it out; a mark and a word say what kind it is, not colour alone. */
function messageLine() {
  const mark = make("span", { class: "tk-mark", "aria-hidden": "true" });
  const text = make("span", { class: "tk-says" });
  const detail = make("span", { class: "tk-detail" });
  const node = make(
    "div",
    { class: "tk-message", role: "status", "aria-live": "polite", "aria-atomic": "true" },
    mark,
    make("span", { class: "tk-words" }, text, detail),
  );
  const marks = { good: "✓", bad: "✕", wait: "…", ask: "?", "": "" };
  return {
    node,
    show(says, tone = "", more = "") {
      node.dataset.tone = tone;
      node.hidden = !says;
      mark.textContent = marks[tone] ?? "";
      text.textContent = says;
      detail.textContent = more;
      detail.hidden = !more;
    },
  };
}

/** Puts the cursor into a field, unless the person is typing somewhere else on the page. */
function focusOn(node, root) {
  requestAnimationFrame(() => {
    const now = document.activeElement;
    const elsewhere = now && !root.contains(now) && now !== document.body;
    if (elsewhere && (now.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(now.tagName))) return;
    if (node.isConnected) node.focus({ preventScroll: false });
  });
}

/** A button with a word on it. */
function button(word, kind, onclick, more = {}) {
  return make("button", { type: "button", class: `tk-button tk-${kind}`, text: word, onclick, ...more });
}

/** Copies text to the clipboard and says so on the button. */
async function copyText(text, node) {
  const word = node.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "tk-away" });
    area.value = text;
    node.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    node.focus();
  }
  node.textContent = "Copied";
  setTimeout(() => (node.textContent = word), 1500);
}

/** A table of texts. Cells are texts, or {text, tone} with a mark that says the tone too. */
function tableOf(caption, columns, rows) {
  const head = make("tr", {}, ...columns.map((text) => make("th", { scope: "col", text })));
  const body = rows.map((row) =>
    make("tr", {}, ...row.map((cell) =>
      cell && typeof cell === "object"
        ? make("td", { class: "tk-cell", "data-tone": cell.tone, text: cell.text })
        : make("td", cell === null ? { class: "tk-none", text: "–" } : { text: cell }),
    )),
  );
  const table = make(
    "table",
    { class: "tk-table" },
    make("caption", { class: "tk-read-out", text: caption }),
    make("thead", {}, head),
    make("tbody", {}, ...body),
  );
  return make("div", { class: "tk-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}
