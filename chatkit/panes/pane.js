// The view of one chat pane. It is one module with parts.js, plug.js and memory.js, which stand before it. It knows
// only what the kernel tells it: new rows as they come, and all rows again when it asks. It skips those it has, keeps
// the last 500, and leaves the reader's place alone.

const KEEP = 500; // rows
const PATIENCE = 5000; // milliseconds until a silent kernel is worth a word
const LOUD = 10; // rows at once; more than these are not read out
const CALM = 1000; // milliseconds after a flood, or the first rows, until rows are read out
const QUIT = /^\s*\/\s*quit\s*$/; // makes no row

const STATUS = {
  joining: ["◌", "joining"],
  joined: ["●", "in the room"],
  left: ["○", "outside"],
  trouble: ["▲", "outside"],
  replaced: ["■", "replaced"],
  waiting: ["◌", "no answer yet: is a cell still running? If not, run the first cell"],
  dead: ["✕", "not connected: run the first cell"],
};

class View {
  constructor(model, element) {
    this.model = model;
    this.element = element;
    this.started = false; // it has been told everything so far
    this.dead = element.classList.contains("jupyter-widgets-disconnected"); // in a notebook opened anew
    this.last = 0; // the number of the last row it has
    this.place = null; // how far down the reader has scrolled; null: to the end, and staying there
    this.unread = 0;
    this.colours = new Colours();
    this.typed = []; // what was sent and has not come back as a row, to give it back if nobody takes it
    this.build();
    this.listen();
    this.introduce("");
    this.show("joining", []);
    this.ask("ready");
  }

  build() {
    this.name = make("span", { class: "ck-name" });
    this.button = make("button", { type: "button" });
    this.status = make("span", { class: "ck-status", role: "status" });
    this.others = make("span", { class: "ck-others" });
    this.log = make("div", { class: "ck-log", role: "log", "aria-live": "off", tabindex: "0" });
    this.more = make("button", { type: "button", class: "ck-more", hidden: "" });
    this.input = make("input", { type: "text", class: "ck-input", autocomplete: "off", enterkeyhint: "send" });
    this.send = make("button", {}, "Send");
    this.form = make("form", { class: "ck-form" }, this.input, this.send);
    this.plug = new Plug((what) => this.ask(what));
    this.memory = new Memory((what) => this.ask(what));
    this.pane = make(
      "div",
      { class: "chatkit chatkit-pane", role: "group" },
      make("div", { class: "ck-head" }, this.name, this.button),
      make("div", { class: "ck-about" }, this.status, " ", this.others, this.memory.element),
      make("div", { class: "ck-middle" }, this.log, this.more),
      this.form,
      this.plug.element,
    );
    this.element.append(this.pane);
  }

  listen() {
    this.model.on("msg:custom", (message) => this.hear(message));
    this.unwatch = watchKernel(this.model, () => this.die());
    this.pane.addEventListener("keydown", (event) => this.keepKeys(event));
    this.pane.addEventListener("keyup", (event) => this.keepKeys(event));
    this.pane.addEventListener("focusin", (event) => this.keepKeys(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.button.addEventListener("click", () => this.ask(this.status.dataset.is === "joined" ? "leave" : "join"));
    this.more.addEventListener("click", () => this.follow());
    this.log.addEventListener("scroll", () => this.scrolled());
    this.resized = new ResizeObserver(() => this.keepPlace()); // off the page and on again, a log is at its top
    this.resized.observe(this.log);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.calm);
    this.resized.disconnect();
    this.unwatch();
  }

  die() {
    this.dead = true;
    this.memory.show(null);
    this.plug.die(STATUS.dead[1]);
    this.show("dead", []);
    for (const words of this.typed.splice(0)) this.log.append(makeRow("trouble", "", `perhaps not sent: ${words}`));
    this.keepPlace();
  }

  // To the kernel

  ask(what, more = {}) {
    if (this.dead) return this.die();
    this.timer ??= setTimeout(() => this.dead || this.show("waiting", []), PATIENCE);
    this.model.send({ do: what, ...more });
  }

  // Without this attribute JupyterLab takes keys for itself: on a button, Enter would not press it, and `b` would add
  // a cell. While Ctrl or Cmd is held the keys are JupyterLab's again: Ctrl+S saves the notebook.
  keepKeys({ target, ctrlKey, metaKey }) {
    target.toggleAttribute("data-lm-suppress-shortcuts", !ctrlKey && !metaKey);
  }

  // JupyterLab stops the browser from submitting a form by Enter inside a cell, so that is done here.
  pressed(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    if (!this.input.value.trim()) return;
    const words = this.input.value;
    this.input.value = "";
    this.follow();
    if (!QUIT.test(words)) this.typed.push(words);
    this.ask("enter", { text: words });
  }

  // From the kernel

  hear({ everything, name, status, others, recorded, rows, plug }) {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.started && !everything) return; // everything is on its way
    this.started = true;
    if (status === "joined") this.colours.see([name, ...others]);
    this.introduce(name);
    this.show(status, others);
    this.memory.show(recorded);
    this.plug.show(plug, name, ["joining", "joined"].includes(status));
    this.pane.classList.toggle("ck-plugged", plug !== null);
    const news = rows.filter(([number]) => number > this.last);
    const missing = news.length ? news[0][0] - this.last - 1 : 0;
    if (missing && !everything) return this.ask("ready"); // the connection to Jupyter was lost for a while
    this.hush(news.length);
    if (missing) this.log.append(makeRow("remark", "", `${missing} earlier lines are not kept`));
    if (news.length) this.add(news);
  }

  // What was there before is not read out, nor is a flood.
  hush(count) {
    if (this.calm && count <= LOUD) return;
    this.log.setAttribute("aria-live", "off");
    clearTimeout(this.calm);
    this.calm = setTimeout(() => this.log.setAttribute("aria-live", "polite"), CALM);
  }

  introduce(name) {
    const whose = name ? `${name}'s pane` : "chat pane";
    this.name.textContent = name || whose;
    this.name.dataset.colour = this.colours.of(name);
    this.pane.setAttribute("aria-label", whose);
    this.log.setAttribute("aria-label", `messages in ${whose}`);
    this.input.setAttribute("aria-label", `say something as ${name || "yourself"}`);
  }

  show(status, others) {
    const inside = status === "joined";
    this.others.textContent = inside ? (others.length ? `with ${others.join(", ")}` : "on your own") : "";
    if (this.status.dataset.is === status) return; // a screen reader would say it again
    this.status.dataset.is = status;
    const [shape, words] = STATUS[status];
    this.status.replaceChildren(make("span", { "aria-hidden": "true" }, shape), ` ${words}`);
    this.button.textContent = inside ? "Leave" : "Join again";
    this.button.disabled = !["joined", "left", "trouble"].includes(status);
    this.button.title = this.button.disabled ? words : "";
    this.input.disabled = this.send.disabled = !inside;
    this.input.title = this.send.title = inside ? "" : words;
    this.input.placeholder = inside ? "Say something" : "";
  }

  add(rows) {
    this.log.append(...rows.map(([, kind, name, words]) => makeRow(kind, name, words, this.colours.of(name))));
    this.last = rows.at(-1)[0];
    this.giveBack(rows);
    this.trim();
    if (this.place !== null) this.unread += rows.length;
    this.keepPlace();
  }

  giveBack(rows) {
    for (const [, kind, , words] of rows) {
      if (kind === "own") this.typed.splice(Math.max(0, this.typed.indexOf(words)), 1); // the kernel may have cleaned it
      if (kind === "trouble" && !this.input.value) this.input.value = this.typed.shift() ?? "";
    }
  }

  // The reader's place

  trim() {
    const height = this.place === null ? 0 : this.log.scrollHeight; // to ask is to have the page laid out
    while (this.log.childElementCount > KEEP) this.log.firstElementChild.remove();
    if (this.place !== null) this.place = Math.max(0, this.place - (height - this.log.scrollHeight));
  }

  keepPlace() {
    this.log.scrollTop = this.place ?? this.log.scrollHeight;
    this.shape = this.measure();
    this.more.hidden = this.unread === 0;
    this.more.textContent = `${this.unread} new ↓`;
  }

  measure() {
    return `${this.log.scrollHeight} ${this.log.clientHeight}`;
  }

  scrolled() {
    if (this.shape !== this.measure()) return this.keepPlace(); // laid out anew: that was not the reader
    const below = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop;
    if (below < 8) return this.follow();
    this.place = this.log.scrollTop;
  }

  follow() {
    this.place = null;
    this.unread = 0;
    this.keepPlace();
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { render };
