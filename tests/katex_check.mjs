// Reads a JSON array of formulas from standard input, renders each with KaTeX as strictly as it
// can, and prints a JSON array with a message for each formula, or null where it rendered.
// The first argument is a folder that has katex in its node_modules.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const katex = require("katex");

let warnings = [];
console.warn = (message) => warnings.push(String(message));

const complaints = JSON.parse(readFileSync(0, "utf8")).map((formula) => {
  warnings = [];
  try {
    katex.renderToString(formula, { displayMode: true, strict: true, throwOnError: true });
  } catch (error) {
    warnings.push(error.message);
  }
  return warnings.length ? warnings.join("; ") : null;
});
process.stdout.write(JSON.stringify(complaints));
