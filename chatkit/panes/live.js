// Board and diagram, as the kernel draws them: markup of its own making, in which all words are escaped. A view says
// every five seconds that it is there, while it can be seen; otherwise nobody draws.

const PULSE = 5000; // milliseconds

function place(name, label) {
  const element = document.createElement("div");
  element.className = `ck-${name}-place`;
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
  element.setAttribute("tabindex", "0"); // so that it can be scrolled by keyboard
  return element;
}

function render({ model, el }) {
  const places = { board: place("board", "board"), diagram: place("diagram", "diagram") };
  const both = document.createElement("div");
  both.className = "chatkit ck-live";
  both.append(places.board, places.diagram);
  el.append(both);
  if (el.classList.contains("jupyter-widgets-disconnected")) {
    places.board.textContent = "not connected: run the first cell"; // a notebook opened anew
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
  model.on("msg:custom", draw);
  model.send({ do: "ready" });
  return () => {
    clearInterval(pulse);
    model.off("msg:custom", draw);
  };
}

export default { render };
