// Follows both pages literally, each in an empty folder; then holds their reference against the schemas and the examples' pack.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocks, is_file, missing_line, root, run_shell, write_file } from './page.mjs';

const bin = process.argv[2];
let failed = 0;
const fail = (what) => {
  failed++;
  console.log('FAIL: ' + what);
};

const pages = ['README.md', 'README.zh-CN.md'];
for (const name of pages) {
  const page = join(root, 'scenarios', name);
  const dir = mkdtempSync(join(tmpdir(), 'shixun-first-'));
  const env = { SHIXUN_HOME: join(dir, 'home'), SHIXUN_DATA: root };
  let output = '', commands = 0, shown = 0;
  for (const block of blocks(page)) {
    const at = `${name}:${block.line}`;
    if (is_file(block)) {
      write_file(dir, block);
    } else if (block.what === 'run') {
      const r = run_shell(dir, bin, block.text, env);
      output = r.output;
      commands++;
      if (r.status !== 0) fail(`${at}: exit ${r.status}:\n${output}`);
    } else if (block.what === 'shows') {
      const line = missing_line(block.text, output);
      shown++;
      if (line) fail(`${at}: nothing printed looks like "${line}":\n${output}`);
    } else if (block.what.startsWith('everything/')) {
      const lines = readFileSync(join(root, 'tests/schema', block.what), 'utf8').split('\n').map((l) => l.trim());
      for (const line of block.text.split('\n').map((l) => l.trim()).filter((l) => l))
        if (!lines.includes(line)) fail(`${at}: tests/schema/${block.what} has no line "${line}"`);
    }
  }
  if (commands < 6 || shown < 4) fail(`${name}: only ${commands} commands and ${shown} outputs were found`);
  const report = JSON.parse(run_shell(dir, bin, 'shixunctl check my-first --json', env).output);
  const totals = Object.fromEntries(report.traces.map((t) => [t.trace, t.total_mp]));
  if (report.errors.length || report.warnings.length || totals.expert !== 100000 || totals.fault_not_pumped !== 55000) fail(`${name}: the exercise comes to ${JSON.stringify(totals)}, with ${report.errors.length} errors`);
  rmSync(dir, { recursive: true, force: true });
}

// Both pages tell the same.
const code = (name) => blocks(join(root, 'scenarios', name)).filter((b) => b.what).map((b) => `${b.what}\n${b.text.replace('--lang zh-CN', '--lang en')}`);
const [english, chinese] = pages.map(code);
english.forEach((text, i) => { if (text !== chinese[i]) fail(`the pages differ in the block "${text.split('\n')[0]}"`); });
if (english.length !== chinese.length) fail(`the pages have ${english.length} and ${chinese.length} blocks`);

// Every key, word and rule of the schemas is told of on both pages.
function words_of(node, out = new Set()) {
  if (node && typeof node === 'object') {
    if (node.properties) Object.keys(node.properties).forEach((k) => out.add(k));
    (node.enum ?? []).filter((w) => /^[a-z]\w+$/.test(w)).forEach((w) => out.add(w));
    Object.values(node).forEach((v) => words_of(v, out));
  }
  return out;
}
const schema = (name) => JSON.parse(readFileSync(join(root, 'scenarios/schema', name), 'utf8'));
const common = schema('common.json').$defs;
const all = new Set([...common.verb.enum, ...Object.keys(common.pose.properties)]);
for (const name of ['pack.json', 'data.json', 'scene.json', 'sounds.json', 'scenario.json', 'rubric.json', 'unnoticed.json', 'trace.json']) words_of(schema(name), all);
for (const name of pages) {
  const text = readFileSync(join(root, 'scenarios', name), 'utf8');
  const untold = [...all].filter((w) => !['true', 'false'].includes(w) && !new RegExp(`(^|[^A-Za-z_])${w}([^A-Za-z_]|$)`).test(text));
  if (untold.length) fail(`${name} does not tell of: ${untold.join(', ')}`);
  for (const rule of schema('rubric.json').$defs.aspect.properties.rule.enum)
    if (!blocks(join(root, 'scenarios', name)).some((b) => b.what.startsWith('everything/') && b.text.includes(`rule: ${rule},`))) fail(`${name} has no example of the rule '${rule}'`);
}

console.log(failed ? `${failed} differences` : 'both pages build the exercise they tell of: 100 for the expert, 55 for the fault');
process.exit(failed ? 1 : 0);
