// Board and diagram, as the kernel draws them: markup of its own making, in which all words are escaped. A view says
// every five seconds that it is there, while it can be seen; otherwise nobody draws. It is one module with parts.js,
// which stands before it.

const PULSE = 5000; // milliseconds
const LOST = "not connected: run the first cell";

function place(name) {
  const about = { class: `ck-${name}-place`, role: "region", "aria-label": name };
  return make("div", { ...about, tabindex: "0" }); // so that it can be scrolled by keyboard
}

function render({ model, el }) {
  const places = { board: place("board"), diagram: place("diagram") };
  const both = make("div", { class: "chatkit ck-live" }, places.board, places.diagram);
  el.append(both);
  if (el.classList.contains("jupyter-widgets-disconnected")) {
    places.board.textContent = LOST; // a notebook opened anew
    return;
  }

  // Below what has been read, new events come into sight by themselves; who has scrolled up stays there.
  const draw = (news) => {
    for (const [name, element] of Object.entries(places)) {
      if (!(name in news)) continue;
      const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop < 8;
      element.innerHTML = news[name];
      if (atEnd && name === "diagram") element.scrollTop = element.scrollHeight;
    }
  };
  const seen = () => both.isConnected && document.visibilityState === "visible";
  const pulse = setInterval(() => seen() && model.send({ do: "here" }), PULSE);
  const unwatch = watchKernel(model, () => {
    clearInterval(pulse);
    places.board.textContent = LOST;
  });
  model.on("msg:custom", draw);
  model.send({ do: "ready" });
  return () => {
    clearInterval(pulse);
    unwatch();
    model.off("msg:custom", draw);
  };
}

export default { render };
