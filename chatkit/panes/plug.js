// The plug of a pane: buttons that act on the person's wire, and never on the person's program, which is not told.
// A button that can do nothing is disabled, and its title says why.

const PLUG = [
  ["hang_up", "Hang up", "close the connection, politely: a FIN, and nothing is read any more", "hung up"],
  ["half_close", "Half-close", "send a FIN: I will say no more, but I still listen", "half-closed"],
  ["reset", "Reset", "break the connection off, at both ends: an RST", "reset"],
  ["go_silent", "Go silent", "swallow everything and tell nobody: a cable that was cut", "silent"],
  ["freeze", "Freeze", "let nothing pass, as if this computer stood still", "frozen", "thaw", "Thaw"],
  ["slice", "Slice", "pass everything on byte by byte", "sliced", "behave", "Unslice"],
];

class Plug {
  constructor(ask) {
    this.buttons = PLUG.map(([what, label, meaning, state, undo, undoLabel]) => {
      const button = make("button", { type: "button", title: meaning }, label);
      button.addEventListener("click", () => ask(this.is(state) && undo ? undo : what));
      return { button, what, label, meaning, state, undoLabel };
    });
    this.element = make(
      "div",
      { class: "ck-plug", role: "group", hidden: "" },
      ...this.buttons.map(({ button }) => button),
    );
    this.states = [];
  }

  is(state) {
    return this.states.includes(state);
  }

  // `states` are the wire's, such as ["frozen"]; null where there is no wire.
  show(states, name, inside) {
    this.element.hidden = states === null;
    this.element.setAttribute("aria-label", `${name}'s wire`);
    this.states = states ?? [];
    for (const each of this.buttons) {
      const { button, label, meaning, state, undoLabel } = each;
      const on = this.is(state);
      const hindrance = this.hindrance(each, name, inside);
      button.textContent = on ? (undoLabel ?? label) : label;
      button.title = hindrance || meaning;
      button.disabled = Boolean(hindrance);
      button.classList.toggle("ck-on", on);
    }
  }

  die(why) {
    for (const { button } of this.buttons) Object.assign(button, { disabled: true, title: why });
  }

  // Why a button can do nothing now; empty if it can do something.
  hindrance({ what, state, undoLabel }, name, inside) {
    if (this.is(state) && undoLabel) return "";
    if (this.is("silent")) return what === "reset" ? "" : "the cable is cut, and only Reset ends that";
    if (!inside) return `${name} is not in the room`;
    return this.is(state) ? `${name} has done that already` : "";
  }
}
