// Reads a JSON list of Mermaid texts on stdin, and writes what the real Mermaid says of each: null, or why not.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';

const modules = process.argv[2];
const { JSDOM } = createRequire(join(modules, 'here.js'))('jsdom');
globalThis.window = new JSDOM('').window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(join(modules, 'mermaid/dist/mermaid.esm.min.mjs')));
const answers = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const found = await mermaid.parse(text);
    answers.push(found.diagramType === 'flowchart-v2' ? null : found.diagramType);
  } catch (error) {
    answers.push(String(error.message));
  }
}
process.stdout.write(JSON.stringify(answers));
