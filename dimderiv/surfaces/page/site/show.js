// How the engine's replies are shown.  Texts become text nodes; only the steps
// and their pictures, which the engine writes and escapes itself, are HTML and SVG.

import { say } from "./words.js";

const KATEX = { throwOnError: false, trust: false, strict: "ignore", maxExpand: 1000, maxSize: 20 };
// Signs of LaTeX that fit into a line, whatever they are.
const SHORT = 40;

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

// Sets what stands between \( \) and \[ \] in all texts inside an element.  No line begins with a
// comma, nor ends with a bracket, where a short formula stands beside it.
export function typeset(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(/([([（]?\\\(.*?\\\)[,.;:)\]，。；：、）]*|\\\[.*?\\\])/s);
    if (parts.length === 1) continue;
    text.replaceWith(...parts.map((part, at) => (at % 2 ? spanOf(part) : part)));
  }
}

function spanOf(part) {
  if (part.startsWith("\\[")) {
    const span = made("span", "", "scrolls displayed");
    formula(span, part.slice(2, -2), true);
    return span;
  }
  const [, before, latex, after] = part.match(/^(.?)\\\((.*)\\\)(.*)$/s);
  const span = made("span", before, latex.length < SHORT ? "unbroken" : "");
  const inner = made("span");
  formula(inner, latex, false);
  span.append(inner, after);
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
  element("steps-inside").replaceChildren();
  if (element("steps").open) showSteps(reply);
}

// Long steps take a moment to set, so they are set when they are unfolded.
export function showSteps(reply) {
  const steps = element("steps-inside");
  steps.innerHTML = reply.steps;
  for (const [number, svg] of Object.entries(reply.pictures)) {
    const picture = made("div", "", "picture");
    picture.innerHTML = svg;
    steps.querySelector(`li[value="${number}"]`)?.append(picture);
  }
  typeset(steps);
}

function whatItIs({ kind, results, check }) {
  const names = results.map((each) => each.wrt.join(" "));
  const what = say(kind, { names: names.join(say("and")) });
  const shape = results.length === 1 ? say("of_shape", results[0]) : "";
  const told = say(check.level, {
    ...check, remarks: check.remarks.join("; "),
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
  const program = element("program");
  program.textContent = code;
  // What was asked for stands last, after the functions that it uses.
  const lines = code.split("\n");
  const at = lines.findLastIndex((line) => /^(def|class|@)/.test(line));
  program.scrollTop = (program.scrollHeight * at) / lines.length - 16;
  element("program-check").textContent = check ? say("ran", { check }) : say("not_run");
}
