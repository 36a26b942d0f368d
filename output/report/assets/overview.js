// Shows whom one person quotes, and by whom they are quoted, while the pointer or the focus is on them.
"use strict";
for (const ring of document.querySelectorAll("svg.ring")) {
  const edges = [...ring.querySelectorAll(".edge")];
  const nodes = [...ring.querySelectorAll(".node")];
  const show = (event) => {
    const at = event.type === "focusout" ? event.relatedTarget : event.target;
    const node = at?.closest(".node") ?? null;
    const edge = at?.closest(".edge") ?? null;
    const near = new Set();
    for (const one of edges) {
      const { from, to } = one.dataset;
      const on = one === edge || (node !== null && (from === node.dataset.node || to === node.dataset.node));
      one.classList.toggle("on", on);
      if (on) near.add(from).add(to);
    }
    for (const one of nodes) one.classList.toggle("on", one === node || near.has(one.dataset.node));
    ring.classList.toggle("picked", node !== null || edge !== null);
  };
  for (const name of ["pointerover", "pointerleave", "focusin", "focusout"]) ring.addEventListener(name, show);
}
