// The plug of a pane: buttons that act on the person's wire, and never on the person's program, which is not told.

const PLUG = [
  ["half_close", "Half-close", "send a FIN: I will say no more, but I still listen"],
  ["reset", "Reset", "break the connection off, at both ends"],
  ["freeze", "Freeze", "let nothing pass, as if this computer stood still", "frozen", "thaw", "Thaw"],
  ["go_silent", "Go silent", "swallow everything and tell nobody: a cable that was cut", "silent"],
  ["slice", "Slice", "pass everything on byte by byte", "sliced", "behave", "Unslice"],
];

class Plug {
  constructor(ask) {
    this.buttons = PLUG.map(([what, label, meaning, state, undo, undoLabel]) => {
      const button = make("button", { type: "button", title: meaning }, label);
      button.addEventListener("click", () => ask(this.is(state) && undo ? undo : what));
      return { button, label, state, undoLabel };
    });
    this.element = make(
      "div",
      { class: "ck-plug", role: "group", hidden: "" },
      make("span", { class: "ck-wire", "aria-hidden": "true" }, "wire"),
      ...this.buttons.map(({ button }) => button),
    );
    this.states = [];
  }

  is(state) {
    return Boolean(state) && this.states.includes(state);
  }

  // `states` are the wire's, such as ["frozen"]; null where there is no wire.
  show(states, name, usable) {
    this.element.hidden = states === null;
    this.element.setAttribute("aria-label", `${name}'s wire`);
    this.states = states ?? [];
    for (const { button, label, state, undoLabel } of this.buttons) {
      const on = this.is(state);
      button.textContent = on ? (undoLabel ?? label) : label;
      button.classList.toggle("ck-on", on);
      button.disabled = !usable || (on && !undoLabel);
    }
  }
}
