// Evaluates JSONata with the reference implementation: a line of JSON in, a line of JSON out.
"use strict";
const jsonata = require("jsonata");
const readline = require("node:readline");

const compiled = new Map();

async function evaluate({ code, input }) {
  if (!compiled.has(code)) {
    compiled.set(code, jsonata(code));
  }
  const states = { context: { Execution: { Input: input } }, input };
  return compiled.get(code).evaluate({}, { states });
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  try {
    const value = await evaluate(JSON.parse(line));
    process.stdout.write(JSON.stringify({ value: value === undefined ? null : value }) + "\n");
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: `${error.code} ${error.message}` }) + "\n");
  }
});
