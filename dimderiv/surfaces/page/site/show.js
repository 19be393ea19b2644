// How the engine's replies are shown.  Texts become text nodes; only the steps, which the engine
// writes and escapes itself, are HTML.

import { say } from "./words.js";

const KATEX = { throwOnError: false, trust: false, strict: "ignore", maxExpand: 1000, maxSize: 20 };

export function element(id) {
  return document.getElementById(id);
}

export function made(tag, text = "", name = "") {
  const found = document.createElement(tag);
  found.textContent = text;
  found.className = name;
  return found;
}

export function formula(where, latex, displayMode = true) {
  globalThis.katex.render(latex, where, { ...KATEX, displayMode });
}

// Sets what stands between \( \) and \[ \] in all texts inside an element.
export function typeset(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(/(\\\(.*?\\\)|\\\[.*?\\\])/s);
    if (parts.length === 1) continue;
    text.replaceWith(...parts.map((part, at) => (at % 2 ? spanOf(part) : part)));
  }
}

function spanOf(part) {
  const isDisplayed = part.startsWith("\\[");
  const span = made("span", "", isDisplayed ? "scrolls displayed" : "");
  formula(span, part.slice(2, -2), isDisplayed);
  return span;
}

export function showError({ message, place, known, hint }, box = element("error")) {
  box.replaceChildren(made("p", message, "message"));
  if (place) {
    const [before, at, after] = place;
    const text = made("pre", before, "scrolls");
    const mark = made("mark", at || " ");
    text.append(mark, after);
    box.append(text);
  }
  for (const fact of known ?? []) box.append(made("p", say("known") + fact, "hint"));
  if (hint) box.append(made("p", say("hint") + hint, "try"));
  box.hidden = false;
}

export function showReading(reply) {
  const box = element("reading");
  box.replaceChildren();
  if (reply.read_as) box.append(made("p", reply.read_as, "hint"));
  const shown = made("div");
  formula(shown, reply.formula);
  box.append(shown);
}

export function showResult(reply) {
  formula(element("answer"), reply.latex);
  element("what").replaceChildren(...whatItIs(reply));
  element("remarks").replaceChildren(
    ...reply.doubts.map((each) => made("li", say("doubt") + each, "doubt")),
    ...reply.assumptions.map((each) => made("li", say("assumption") + each)),
    ...reply.notes.map((each) => made("li", each)),
  );
  const steps = element("steps-inside");
  steps.innerHTML = reply.steps;
  typeset(steps);
}

function whatItIs({ kind, results, check }) {
  const names = results.map((each) => each.wrt.join(" "));
  const what = say("result_of", { kind: say(kind), names: [...new Set(names)].join(say("and")) });
  const shape = results.length === 1 ? `, ${results[0].shape}` : "";
  const told = say(check.level, {
    entries: check.entries + check.along,
    points: check.points,
    reason: check.reason,
    remarks: [...check.one_sided, ...check.remarks].join("; "),
  });
  const isGood = !["partial", "unchecked"].includes(check.level);
  return [made("strong", what + shape), " ", made("span", told, isGood ? "good" : "doubt")];
}

export function showVerdict(verdict) {
  const box = element("verdict");
  const head = made("p", say(verdict.right ? "right" : "wrong"), verdict.right ? "good" : "bad");
  box.replaceChildren(head);
  if (!verdict.right || verdict.says.length > 8) box.append(quoted("p", verdict.says));
  if (verdict.entry) box.append(made("p", verdict.entry, "hint"));
  if (verdict.fix) box.append(made("p", say("fix")), made("pre", verdict.fix, "scrolls"));
}

// A sentence in which formulas stand between backquotes.
function quoted(tag, sentence) {
  const found = made(tag);
  sentence.split("`").forEach((part, at) => found.append(at % 2 ? made("code", part) : part));
  return found;
}

export function showCode({ code, check }) {
  element("program-text").textContent = code;
  element("program-check").textContent = check ? say("ran", { check }) : say("not_run");
}
