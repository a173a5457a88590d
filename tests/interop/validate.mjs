// Checks statements (NDJSON in FILE) with npm's @learninglocker/xapi-validation.   validate.mjs NODE_MODULES FILE
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export function problems(modules, statements) {
  const require = createRequire(path.join(path.resolve(modules), 'x.js'));
  const { statement } = require('@learninglocker/xapi-validation/dist/factory');
  return statements.flatMap((s) => statement(s, ['statement']).map((w) => `${s.id}: ${(w.path || []).join('.')} ${w.name}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const statements = fs.readFileSync(process.argv[3], 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
  const bad = problems(process.argv[2], statements);
  bad.forEach((b) => console.log('FAIL ' + b));
  console.log(`${statements.length} statements, ${bad.length} problems`);
  process.exit(bad.length ? 1 : 0);
}
