// The exercise of scenarios/README.md in guided mode, with a rule that forbids what its first step asks for. Pictures: build/e2e/taken_back/
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inWindow, sleep } from './driver.mjs';
import { root, write_exercise } from './page.mjs';

await inWindow('taken_back', 'a critical error is taken back, with its rule in both languages, also after a kill', async (d, expect, home) => {
  const data = mkdtempSync(join(tmpdir(), 'shixun-taken-back-'));
  process.on('exit', () => rmSync(data, { recursive: true, force: true }));
  write_exercise(join(data, 'scenarios'));
  symlinkSync(join(root, 'assets'), join(data, 'assets'));
  const exercise = join(data, 'scenarios/my-first/exercises/tyre-pressure');
  const edit = (file, from, to) => {
    const text = readFileSync(file, 'utf8');
    expect(text.includes(from), `${file} has no "${from}"`);
    writeFileSync(file, text.replace(from, to));
  };
  edit(join(exercise, 'scenario.yaml'), 'moments:\n', 'moments:\n  taken: {do: take, on: inflator}\n');
  edit(join(exercise, 'rubric.yaml'), '    aspects:\n', '    aspects:\n      - {id: never, title: asp.tidy, lens: process, rule: forbid, severity: critical, code: NEVER, moment: taken}\n');

  const says = (rule) => () => d.look().messages.some((m) => m.includes(rule)) && d.drawn('goal', 'text').some((one) => one.text.includes(rule));
  const taken_back = async (rule, name) => {
    await d.until(says(rule), 15000, `"${rule}" among the messages and beside the goal`);
    await d.fresh(3);
    d.screenshot(name);
    expect(d.look().held === '', `${d.look().held} is still held`);
  };
  const take = async () => {
    await d.walk(1.95, 0.3, 0.2);
    await d.act('inflator', 'take inflator');
    await d.until(() => d.look().messages.some((m) => /^Critical error: Tidied up/.test(m)), 10000, 'the critical error');
  };
  const env = { SHIXUN_HOME: home, SHIXUN_DATA: data };
  await d.open(['play', 'my-first/tyre-pressure', '--lang', 'en', '--mode', 'guided', '--seed', '1', '--tier', 'low'], env, '800x450');
  await d.page('work', 120000);
  await take();
  await taken_back('The rule: Tidied up', '01-en');
  await d.key('F2');
  await taken_back('规则：整理', '02-zh');
  await d.key('F2');
  await d.until(() => d.look().messages.length === 0, 20000, 'the messages to fade');
  expect(d.drawn('goal', 'text').some((one) => one.text.includes('Tidied up')), 'the goal panel forgot it before the step was done');

  await take();
  d.program.kill('SIGKILL');
  await d.exit;
  await d.start(['--lang', 'en', '--size', '800x450', '--tier', 'low']);
  await d.page('launcher', 60000);
  await d.push('Continue');
  await d.page('work', 60000);
  await taken_back('The rule: Tidied up', '03-after-a-kill');
});
