// The parts that views are made of. Their one law: words from the network enter the page as text, never as markup.

const COLOURS = 6; // in colours.css, for people

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children); // strings become text nodes
  return element;
}

// One person, one colour, in every pane. It is never all that tells people apart: the name is there as well.
function colourOf(name) {
  let sum = 0;
  for (const letter of name.toLowerCase()) sum += letter.codePointAt(0);
  return sum % COLOURS;
}

// Colours that differ while there are enough: a name keeps the one it was given, else has its own, else a free one.
class Colours {
  given = new Map();

  see(present) {
    const taken = new Set();
    const free = () => [...Array(COLOURS).keys()].find((colour) => !taken.has(colour));
    let without = [...new Set(present)].sort(); // in every pane the same order
    for (const wish of [(name) => this.given.get(name), colourOf, free]) {
      without = without.filter((name) => {
        const colour = wish(name);
        if (colour === undefined || taken.has(colour)) return true;
        taken.add(colour);
        this.given.set(name, colour);
        return false;
      });
    }
    if (this.given.size > 500) this.given.clear(); // a crowd that comes and goes
  }

  of(name) {
    return this.given.get(name) ?? colourOf(name);
  }
}

// Whoever is called "you" must not be taken for oneself; no name has a blank.
const apart = (name) => (/^you$/i.test(name.replace(/[\p{M}\p{Cf}]/gu, "")) ? `${name} (a name)` : name);

function makeRow(kind, name, words, colour) {
  const row = make("div", { class: `ck-row ck-${kind}` });
  if (name) {
    row.dataset.colour = colour;
    row.append(make("span", { class: "ck-who" }, kind === "own" ? "you" : apart(name)), " ");
  }
  row.append(make("bdi", { class: "ck-words" }, words)); // right-to-left words must not turn ours round
  return row;
}

const ENDINGS = ["restarting", "autorestarting", "terminating", "dead"]; // of a kernel, in Jupyter's words

// Call `lost` when the kernel that a view belongs to has ended; return what ends the watching.
function watchKernel(model, lost) {
  const kernel = model.widget_manager?.kernel; // JupyterLab has it; elsewhere, silence will tell
  const changed = (_kernel, status) => ENDINGS.includes(status) && lost();
  model.on("comm_live_update", lost);
  kernel?.statusChanged.connect(changed);
  kernel?.disposed.connect(lost);
  return () => {
    model.off("comm_live_update", lost);
    kernel?.statusChanged.disconnect(changed);
    kernel?.disposed.disconnect(lost);
  };
}
