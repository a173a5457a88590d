// The exercise of scenarios/README.md is edited while it is played. Pictures are kept under build/e2e/watch/.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { inWindow, sleep } from './driver.mjs';
import { root, write_exercise } from './page.mjs';

const bin = process.argv[2];
// From saving a file to its being on the screen: a second, and where pictures come slowly, five of them.
const soon = (rate) => Math.max(1000, 5000 / rate);  // ms

await inWindow('watch', 'words, tolerances and mistakes are on the screen as soon as they are saved', async (d, expect, home) => {
  const dir = mkdtempSync(join(tmpdir(), 'shixun-watch-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  write_exercise(dir);
  const pack = join(dir, 'my-first'), exercise = join(pack, 'exercises/tyre-pressure');
  const edit = (file, from, to) => {
    const text = readFileSync(file, 'utf8');
    expect(text.includes(from), `${file} has no "${from}"`);
    writeFileSync(file, text.replace(from, to));
    return Date.now();
  };
  const times = [];
  const seen = async (since, what, test) => {
    await d.until(() => test(d.look()), 10000, what);
    times.push(`${what}: ${Date.now() - since} ms`);
    expect(Date.now() - since < soon(d.rate), `${what} took ${Date.now() - since} ms; the picture came ${(1000 / d.rate).toFixed(0)} ms apart`);
  };
  const rubric = join(exercise, 'rubric.yaml'), sheet = join(pack, 'data/sheet.yaml'), words = join(pack, 'strings/en.yaml');

  const env = { SHIXUN_HOME: home, SHIXUN_DATA: root };
  for (const mode of ['assessment', 'competition']) {
    const r = spawnSync(join(bin, 'shixun'), ['play', `${pack}/tyre-pressure`, '--watch', '--mode', mode], { encoding: 'utf8', env: { ...process.env, ...env } });
    expect(r.status === 2 && r.stderr.includes('--watch'), `--watch in the mode ${mode}: exit ${r.status}: ${r.stderr}`);
  }

  // The reading itself is marked here, so that a tolerance shows at once.
  edit(rubric, 'moment: pressure_at_end', 'moment: measured');
  edit(rubric, '        zero: "200 kPa .. 260 kPa"\n', '');
  await d.open(['play', `${pack}/tyre-pressure`, '--watch', '--lang', 'en', '--seed', '1', '--tier', 'low'], env, '640x360');
  let s = await d.page('work', 120000);
  expect(s.goal === 'Measure the pressure', `the goal reads "${s.goal}"`);
  const from = Date.now();
  await d.fresh(6);
  d.rate = 6000 / (Date.now() - from);

  await d.walk(1.95, 0.3, 0.2);
  await d.act('inflator', 'take inflator');
  await d.walk(2.35, -1.9, 0.2);
  await d.key('c');
  await d.fresh(12);
  await d.act('wheel.valve', 'measure wheel.valve');
  s = await d.fresh(3);
  const before = s.total_mp, time = s.t_ms;
  d.screenshot('01-measured');

  await seen(edit(words, 'step.write: "Write the pressure found into the work order"', 'step.write: "Note what the gauge says"'), 'the new words', (l) => l.goal === 'Note what the gauge says');
  expect(d.look().held === 'inflator' && d.look().events >= 2 && d.look().t_ms >= time, 'the attempt did not go on');
  d.screenshot('02-words');
  await seen(edit(sheet, 'min: "220 kPa"', 'min: "100 kPa"'), 'the new tolerance', (l) => l.total_mp === before + 40000);
  d.screenshot('03-tolerance');

  await seen(edit(rubric, 'rule: numeric', 'rule: numerik'), 'the mistake', (l) => l.problems.some((p) => p.startsWith('exercises/tyre-pressure/rubric.yaml:17:15: ') && p.includes("'numerik'")));
  expect(d.look().total_mp === before + 40000, 'the marks changed with a broken pack');
  await d.fresh(3);
  d.screenshot('04-mistake-en');
  await d.key('F2');
  await sleep(1000);
  d.screenshot('05-mistake-zh');
  await d.key('F2');
  await seen(edit(rubric, 'rule: numerik', 'rule: numeric'), 'the mended mistake', (l) => l.problems.length === 0);

  // The place: what happened so far still has.
  edit(join(pack, 'scene.yaml'), '  room: {scenery: true, model: workshop_bay}\n', '  room: {scenery: true, model: workshop_bay}\n  stand: {scenery: true, model: axle_stand, at: {pos: [1.5, 0, -2.5], yaw: 0}}\n');
  await d.until(() => d.look().messages.includes('Pack taken over'), 60000, 'the new place');
  s = await d.fresh(3);
  expect(s.held === 'inflator' && s.total_mp === before + 40000, `after a change of the scene: ${JSON.stringify([s.held, s.total_mp])}`);
  d.screenshot('06-scene');

  const list = spawnSync(join(bin, 'shixunctl'), ['results', 'list'], { encoding: 'utf8', env: { ...process.env, ...env } });
  expect(!list.stdout.includes('tyre-pressure'), `what was tried out was recorded: ${list.stdout}`);
  console.log(times.join('; '));
});
