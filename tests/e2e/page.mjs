// The blocks of scenarios/README.md, which say in their first line what they are:
//   yaml|json my-first/FILE      a file of the first exercise, whole
//   yaml|json everything/FILE    lines of tests/schema/everything/FILE
//   sh run                       commands to be run
//   text shows                   what the commands before it print; ... stands for anything
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export function blocks(page) {
  const out = [];
  let open = null;
  readFileSync(page, 'utf8').split('\n').forEach((line, i) => {
    if (open && line === '```') {
      out.push(open);
      open = null;
    } else if (open) {
      open.text += line + '\n';
    } else if (line.startsWith('```')) {
      const [language, ...what] = line.slice(3).split(' ');
      open = { language, what: what.join(' '), text: '', line: i + 1 };
    }
  });
  return out;
}

export const is_file = (block) => block.what.startsWith('my-first/');

export function write_file(dir, block) {
  const file = join(dir, block.what);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, block.text);
}

// The finished exercise, as both pages have it, without running anything.
export function write_exercise(dir) {
  blocks(join(root, 'scenarios/README.md')).filter(is_file).filter((b) => !b.what.includes('fault_')).forEach((b) => write_file(dir, b));
}

export function run_shell(dir, bin, script, env = {}) {
  const r = spawnSync('bash', ['-euo', 'pipefail', '-c', 'exec 2>&1\n' + script], { cwd: dir, encoding: 'utf8', env: { ...process.env, ...env, PATH: bin + delimiter + process.env.PATH } });
  return { status: r.status, output: r.stdout };
}

// The first expected line that the output lacks, in order; or null.
export function missing_line(expected, output) {
  let at = 0;
  for (const line of expected.split('\n').filter((l) => l)) {
    const pattern = new RegExp(line.split('...').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'), 'g');
    pattern.lastIndex = at;
    if (!pattern.exec(output)) return line;
    at = pattern.lastIndex;
  }
  return null;
}
