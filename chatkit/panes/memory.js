// What the room remembers of one: it is said in words, and one button takes it back. Hidden where nothing is kept.

class Memory {
  constructor(ask) {
    this.words = make("span");
    this.button = make("button", { type: "button" });
    this.button.addEventListener("click", () => ask(this.recorded ? "record off" : "record on"));
    this.element = make("div", { class: "ck-memory", hidden: "" }, this.words, " ", this.button);
  }

  // `recorded` is true, false, or null where the room remembers nothing, or nobody is in it.
  show(recorded) {
    this.recorded = recorded;
    this.element.hidden = recorded === null;
    this.words.textContent = `The room remembers${recorded ? "" : ", but not"} what you say.`;
    this.button.textContent = recorded ? "Stop" : "Allow it";
    this.button.title = recorded ? "/record off: keep nothing more of me" : "/record on: keep what I say";
  }
}
