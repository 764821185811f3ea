// Evaluates JSONata with npm's implementation in the version that Step Functions implements: a line
// of JSON in, {code, variables}; a line of JSON out, {value}, {nothing: true} or {error}.
"use strict";
const crypto = require("node:crypto");
const readline = require("node:readline");
const jsonata = require("jsonata-2.0.6");

// What Step Functions adds to the language (developer guide, "Transforming data with JSONata").
const ADDED = {
  hash(data, algorithm) {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    return crypto.createHash(algorithm.replace("-", "").toLowerCase()).update(text).digest("hex");
  },
  parse: (text) => (text === undefined ? undefined : JSON.parse(text)),
  // Not random, so that a test can say what comes of it.
  random: () => 0.5,
};

const compiled = new Map();

function prepared(code) {
  if (!compiled.has(code)) {
    const expression = jsonata(code);
    for (const [name, implementation] of Object.entries(ADDED)) {
      expression.registerFunction(name, implementation);
    }
    compiled.set(code, expression);
  }
  return compiled.get(code);
}

async function answer({ code, variables }) {
  try {
    const value = await prepared(code).evaluate({}, variables);
    const isNothing = value === undefined || typeof value === "function";
    return isNothing ? { nothing: true } : { value };
  } catch (error) {
    return { error: `${error.code} ${error.message}` };
  }
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
});
