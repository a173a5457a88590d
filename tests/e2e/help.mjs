// The exercise of scenarios/README.md in practice and guided mode, done by asking for help; its expert does not show how to pump. Pictures: build/e2e/help/
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inWindow, sleep } from './driver.mjs';
import { root, write_exercise } from './page.mjs';

await inWindow('help', 'help does a step in the window, in both languages; where it cannot it says so and costs nothing', async (d, expect, home) => {
  const data = mkdtempSync(join(tmpdir(), 'shixun-help-'));
  process.on('exit', () => rmSync(data, { recursive: true, force: true }));
  write_exercise(join(data, 'scenarios'));
  symlinkSync(join(root, 'assets'), join(data, 'assets'));
  const expert = join(data, 'scenarios/my-first/exercises/tyre-pressure/traces/expert.jsonl');
  writeFileSync(expert, readFileSync(expert, 'utf8').split('\n').filter((line) => !line.includes('"raise"')).join('\n'));

  const env = { SHIXUN_HOME: home, SHIXUN_DATA: data };
  const tells = (words) => () => d.look().messages.some((m) => m.includes(words));
  const goal = (words) => () => d.drawn('goal', 'text').some((one) => one.text.includes(words));
  const told = async (words) => d.until(tells(words), 15000, `"${words}" among the messages`);
  const shows = async (words) => d.until(goal(words), 15000, `"${words}" beside the goal`);
  const step = async (n) => d.until(goal(`${n} of 4`), 20000, `step ${n}`);
  const events = () => {
    const journals = readdirSync(home, { recursive: true }).filter((f) => f.endsWith('.jsonl') && f.includes('journals'));
    expect(journals.length === 1, `journals: ${journals}`);
    return readFileSync(join(home, journals[0]), 'utf8').split('\n').filter((l) => l).map((l) => JSON.parse(l)).map((l) => l.event ?? l).filter((e) => e.v);
  };
  const levels = (id) => events().filter((e) => e.v === 'hint' && e.o === id).map((e) => e.a.level).join();

  await d.open(['play', 'my-first/tyre-pressure', '--lang', 'en', '--mode', 'practice', '--seed', '1', '--tier', 'low'], env, '800x450');
  await d.page('work', 120000);
  await step(1);
  await d.key('h');
  await d.until(() => d.look().ring, 10000, 'the ring of the first hint');
  expect(!goal('Do this step')(), 'it is offered before the other hints');
  await d.key('h');
  await shows('Do this step for me (its marks become 0)');
  await d.fresh(3);
  d.screenshot('01-offered-en');
  await d.key('h');
  await shows('Stop doing it for me');
  await told('took the tyre inflator (done by help)');
  await d.fresh(2);
  d.screenshot('02-doing-en');
  await step(2);
  await told('That was done for you');
  expect(d.look().held === 'inflator', `holds "${d.look().held}"`);

  // What is asked to stop, stops.
  for (let i = 0; i < 3; ++i) { await d.key('h'); await d.fresh(2); }
  await d.key('h');
  await told('Help has stopped');
  await sleep(2500);
  await step(2);
  await d.key('h');
  await step(3);

  // Nobody has shown how to pump.
  await d.key('h');
  await d.fresh(2);
  await d.key('h');
  await shows('Do this step for me');
  await d.key('h');
  await told('Nothing was charged');
  await d.fresh(2);
  d.screenshot('03-cannot-en');
  expect(!goal('Stop doing')(), 'it tries nevertheless');

  await d.key('Escape');
  await d.page('pause');
  await d.push('Save and leave');
  await d.page('launcher');
  expect(levels('measure') === '2,3,4' && levels('write') === '2,3,4' && levels('pump') === '2,3', `hints: ${levels('measure')}; ${levels('write')}; ${levels('pump')}`);
  const helped = events().filter((e) => e.a?.by === 'help').map((e) => `${e.v} ${e.o}`).join();
  expect(helped === 'take inflator,measure wheel.valve,record found', `done by help: ${helped}`);
  d.program.kill('SIGKILL');
  await d.exit;

  rmSync(join(home), { recursive: true, force: true });
  await d.start(['play', 'my-first/tyre-pressure', '--lang', 'zh-CN', '--mode', 'guided', '--seed', '1', '--tier', 'low', '--size', '800x450']);
  await d.page('work', 120000);
  await shows('代做这一步');
  await d.key('h');
  await told('拿起');
  await d.fresh(2);
  d.screenshot('04-doing-zh');
  await d.until(goal('第 2'), 20000, 'step 2');
  await d.key('h');
  await d.until(goal('第 3'), 20000, 'step 3');
  await d.key('h');
  await told('没有扣分');
  d.screenshot('05-cannot-zh');
});
