// The page: what is typed and chosen becomes questions, and their replies are shown.

import { ask, watch } from "./engine.js";
import { EXAMPLES } from "./examples.js";
import {
  choose, fill, fit, isUnread, link, linked, question, showShapes, showSymbols, tellOptions,
} from "./form.js";
import {
  element, made, showCode, showError, showReading, showResult, showSteps, showVerdict,
} from "./show.js";
import { language, say, speak } from "./words.js";

// Milliseconds after which a pause in typing is one, after which what is typed may be called wrong,
// and after which waiting is told.
const PAUSE = 250;
const FORBEARANCE = 900;
const PATIENCE = 400;

let shown = null; // the question whose answer is on the page, and the reply
let target = "numpy";
const latest = new Map(); // by what is asked for
let waiting = 0;
let timer = 0;
let loading = null; // what an engine inside of the page does before it can answer

// Asks, unless something newer is asked meanwhile for the same purpose: then there is no reply.
async function newest(purpose, asked) {
  latest.set(purpose, asked);
  waiting += 1;
  const slow = setTimeout(() => status(say(loading ?? "working"), true), PATIENCE);
  let reply = null; // also where the engine was asked something else before its turn came
  while (reply === null && latest.get(purpose) === asked) {
    reply = await ask(asked).catch(() => ({ error: { message: say("silent") } }));
  }
  clearTimeout(slow);
  waiting -= 1;
  if (!waiting) status("");
  return latest.get(purpose) === asked ? reply : null;
}

function status(text, isBusy = false) {
  element("status").textContent = text;
  element("status").className = isBusy ? "busy" : "";
}

// Tells how far an engine is that starts in the browser.
function tellStart(stage) {
  loading = stage === "ready" ? null : stage;
  status(loading ? say(loading) : "", ["python", "engine"].includes(loading));
}

function isChanged() {
  return shown !== null && JSON.stringify(shown.asked) !== JSON.stringify(question());
}

function markChanged() {
  element("result").classList.toggle("changed", isChanged());
}

// What the expression has in it: how it is read, its symbols and their shapes.
async function look({ isTyping = false } = {}) {
  const asked = question();
  tellOptions();
  if (!asked.expr.trim()) return clear();
  begun();
  const reply = await newest("question", { ...asked, ask: "symbols" });
  if (reply === null) return false;
  if (reply.error) {
    timer = setTimeout(() => showError(reply.error), isTyping ? FORBEARANCE : 0);
    return false;
  }
  element("error").hidden = true;
  showRead(asked, reply);
  return true;
}

function showRead({ expr }, reply) {
  showReading(reply);
  showSymbols(expr, reply.shapes, derive);
  showShapes(reply.shapes, again);
}

// Where nothing is asked yet, examples stand below the form; later they are in its head.
function begun(isBegun = true) {
  element("starts").hidden = isBegun;
  element("examples").hidden = !isBegun;
}

function clear() {
  begun(false);
  for (const id of ["by", "shaped", "error", "result"]) element(id).hidden = true;
  element("reading").replaceChildren();
  shown = null;
  return false;
}

async function derive() {
  clearTimeout(timer);
  tellOptions();
  if (!question().expr.trim()) element("expr").focus();
  begun();
  if ((!question().wrt || isUnread()) && !(await look())) return;
  if (!question().wrt && !chooseOnly()) {
    markChanged();
    status(say("choose"));
    element("symbols").querySelector("input")?.focus();
    return;
  }
  const asked = question();
  const reply = await newest("question", { ...asked, ask: "derive" });
  if (reply === null) return;
  if (reply.error) {
    showError(reply.error);
    element("result").hidden = true;
    shown = null;
    return;
  }
  choose(reply.results.flatMap((each) => each.wrt));
  showRead(asked, reply);
  shown = { asked: { ...asked, wrt: question().wrt }, reply };
  element("error").hidden = true;
  showResult(reply);
  element("backward").hidden = reply.kind !== "jacobian";
  element("result").hidden = false;
  element("verdict").replaceChildren();
  tellOwn(reply);
  markChanged();
  history.replaceState(null, "", link());
  document.title = `${asked.expr.trim().split("\n")[0]} – dimderiv`;
  element("answer").scrollIntoView({ block: "nearest" });
  if (element("code").open) await code();
}

// The derivative that is handed down, by a name that the expression does not have.
function handDown() {
  const isFree = (name) => !new RegExp(`\\b${name}\\b`).test(element("expr").value);
  element("upstream").value = ["G", "D", "dY"].find(isFree) ?? "G_1";
  derive();
}

// Where there is one symbol, nobody has to choose it.
function chooseOnly() {
  const boxes = element("symbols").querySelectorAll("input");
  if (boxes.length === 1) choose([boxes[0].value]);
  return boxes.length === 1;
}

function again() {
  return shown || question().wrt ? derive() : look();
}

function tellOwn({ results }) {
  const names = results.map((each) => `${each.name} = …`).join("; ");
  element("own").querySelector("label").textContent =
    results.length > 1 ? say("own_several", { names }) : say("own_label");
}

// What is asked of the answer that is shown, as long as it is.
async function beside(purpose, more) {
  if (shown === null) return null;
  const { asked } = shown;
  const reply = await newest(purpose, { ...asked, ...more, ask: purpose });
  return shown?.asked === asked ? reply : null;
}

async function check(event) {
  event.preventDefault();
  const reply = await beside("check", { answer: element("own-answer").value });
  if (reply === null) return;
  if (reply.error) showError(reply.error, element("verdict"));
  else showVerdict(reply);
}

async function code() {
  const reply = await beside("code", { target });
  if (reply === null) return;
  if (reply.error) {
    showCode({ code: reply.error.message, check: null });
    return;
  }
  showCode(reply);
  element("targets").replaceChildren(...reply.targets.map(tab));
}

function tab(name) {
  const found = made("button", name, "tab");
  Object.assign(found, { type: "button", role: "tab", tabIndex: name === target ? 0 : -1 });
  found.setAttribute("aria-selected", name === target);
  found.setAttribute("aria-controls", "program");
  found.addEventListener("click", () => turnTo(name));
  return found;
}

async function turnTo(name) {
  const hadFocus = element("targets").contains(document.activeElement);
  target = name;
  await code();
  if (hadFocus) element("targets").querySelector("[aria-selected=true]")?.focus();
}

function turn(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const names = [...element("targets").children].map((each) => each.textContent);
  turnTo(names[(names.indexOf(target) + step + names.length) % names.length]);
}

async function copy(button, text) {
  const word = button.dataset.word;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say("copied");
  } catch {
    button.textContent = say("not_copied");
  }
  setTimeout(() => { button.textContent = say(word); }, 1500);
}

function listExamples() {
  const options = EXAMPLES.map((each) => made("option", each[language()]));
  element("examples").replaceChildren(made("option", say("examples")), ...options);
  const starts = EXAMPLES.map((each) => {
    const found = made("button", each[language()], "quiet");
    found.type = "button";
    found.addEventListener("click", () => begin(each));
    return found;
  });
  element("starts").querySelector(".row").replaceChildren(...starts);
}

function begin(example) {
  fill(example);
  element("derive").focus();
  derive();
}

function talk(chosen) {
  speak(chosen);
  element("language").textContent = say("other");
  element("language").lang = language() === "en" ? "zh" : "en";
  listExamples();
  tellOptions();
}

// Shows what a link asks.
function follow() {
  const asked = linked();
  if (asked.lang) talk(asked.lang);
  fill(asked);
  if (asked.expr) return asked.wrt ? derive() : look();
  // A phone would cover half of the page with its keyboard.
  if (matchMedia("(pointer: fine)").matches) element("expr").focus();
  return clear();
}

function enter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function listen() {
  element("form").addEventListener("submit", (event) => {
    event.preventDefault();
    derive();
  });
  element("expr").addEventListener("input", () => {
    fit(element("expr"));
    markChanged();
    clearTimeout(timer);
    timer = setTimeout(() => look({ isTyping: true }), PAUSE);
  });
  element("own-answer").addEventListener("input", () => fit(element("own-answer")));
  for (const id of ["expr", "own-answer"]) element(id).addEventListener("keydown", enter);
  for (const id of ["source", "order", "layout", "upstream", "declared", "structured"]) {
    element(id).addEventListener("change", again);
  }
  element("examples").addEventListener("change", (event) => {
    const example = EXAMPLES[event.target.selectedIndex - 1];
    event.target.selectedIndex = 0;
    begin(example);
  });
  element("own-form").addEventListener("submit", check);
  element("steps").addEventListener("toggle", () => {
    if (element("steps").open && shown) showSteps(shown.reply);
  });
  element("code").addEventListener("toggle", () => element("code").open && code());
  element("targets").addEventListener("keydown", turn);
  element("language").addEventListener("click", () => {
    talk(language() === "en" ? "zh" : "en");
    if (element("expr").value.trim()) again();
  });
  const texts = {
    "copy-text": () => shown.reply.text,
    "copy-latex": () => shown.reply.latex,
    "copy-link": () => location.href,
    "copy-code": () => element("program").textContent,
  };
  for (const [id, text] of Object.entries(texts)) {
    element(id).addEventListener("click", () => copy(element(id), text()));
  }
  element("backward").addEventListener("click", handDown);
  addEventListener("hashchange", follow);
}

document.getElementById("asleep")?.remove();
listen();
talk(navigator.language.startsWith("zh") ? "zh" : "en");
watch(tellStart);
follow();
