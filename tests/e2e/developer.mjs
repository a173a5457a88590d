// The developer's panel, as a person sees it. Pictures are kept under build/e2e/developer/.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWindow, sleep } from './driver.mjs';

const SIZE = process.env.SHIXUN_E2E_SIZE ?? '1280x720';

await inWindow('developer', 'the developer panel shows, switches and leaves the attempt alone', async (d, expect, home) => {
  const picture = (name) => { const s = d.screenshot(name); return readFileSync(s.file); };
  const differ = (a, b, what) => expect(!a.equals(b), what);
  await d.open(['play', 'auto-repair/wheel-change', '--lang', 'en', '--mode', 'practice', '--trainee', 'e2e', '--seed', '7', '--tier', 'low'], { SHIXUN_HOME: home }, SIZE);
  let s = await d.page('work', 120000);
  await d.walk(1.75, 1.9);
  const before = d.look();
  await d.key('F9');
  await d.page('developer');
  await sleep(4000);
  const open = picture('01-open');

  // Keys and clicks reach the panel only.
  d.press('keydown w');
  await sleep(1500);
  d.press('keyup w');
  await d.click(300, 400);
  await d.key('Tab');
  await d.key('h');
  s = await d.fresh(3);
  expect(s.page === 'developer' && s.events === before.events, `the page behind the panel got input: ${s.page}, ${s.events} events`);
  expect(Math.hypot(s.eye[0] - before.eye[0], s.eye[2] - before.eye[2]) < 0.02, 'someone walked behind the panel');

  // Every way of looking at it, then from outside.
  const views = { levels: [1006, 569], late: [1058, 569], overdraw: [1126, 569], bounds: [1206, 569] };
  const plain = [945, 569], frustum = [953, 599], occlusion = [1037, 599], observe = [953, 629], pin = [1053, 629];
  let last = open;
  for (const [name, at] of Object.entries(views)) {
    await d.click(...at);
    await d.fresh(6);
    const now = picture(`02-${name}`);
    differ(now, last, `the view "${name}" shows nothing else`);
    last = now;
  }
  await d.click(...plain);
  await d.click(...frustum);
  await d.click(...occlusion);
  await d.fresh(4);
  differ(picture('03-no-culling'), open, 'culling switched off is not to be seen in the counters');
  await d.click(...frustum);
  await d.click(...occlusion);

  // From outside: fly up and back, look round.
  await d.click(...observe);
  d.press('keydown s');
  await sleep(1500);
  d.press('keyup s');
  d.press('mousemove 300 300');
  await d.fresh(2);
  d.press('mousedown 1');
  await d.fresh(2);
  for (let i = 0; i < 8; ++i) { d.press('mousemove_relative -- 20 12'); await sleep(60); }
  d.press('mouseup 1');
  await d.fresh(4);
  differ(picture('04-observer'), open, 'the observer sees the same');
  s = d.look();
  expect(Math.hypot(s.eye[0] - before.eye[0], s.eye[2] - before.eye[2]) < 0.02 && s.events === before.events, 'flying moved the person');

  // In Chinese, then closed: the small graph stays, the page has its input again.
  await d.click(...pin);
  await d.key('F2');
  await d.fresh(4);
  picture('05-zh');
  await d.key('F2');
  await d.key('F9');
  await d.page('work');
  await d.fresh(3);
  picture('06-pinned');
  d.press('keydown w');
  await sleep(1500);
  d.press('keyup w');
  s = await d.fresh(3);
  expect(Math.hypot(s.eye[0] - before.eye[0], s.eye[2] - before.eye[2]) > 0.2, 'nobody walks after the panel was closed');
  expect(s.events === before.events, 'the panel left events');
  d.program.kill();
  await d.exit;

  // Shaders that change while the program runs, in a folder of their own.
  const root = join(import.meta.dirname, '../..'), data = join(home, 'with-sources');
  mkdirSync(data);
  for (const folder of ['scenarios', 'assets']) symlinkSync(join(root, folder), join(data, folder));
  const play = ['play', 'auto-repair/wheel-change', '--lang', 'en', '--trainee', 'e2e', '--tier', 'low', '--size', SIZE, '--watch-shaders'];
  const refused = (mode, code, words) => {
    const r = spawnSync(join(process.argv[2], 'shixun'), [...play, '--mode', mode], { env: { ...d.env, SHIXUN_DATA: data }, encoding: 'utf8' });
    expect(r.status === code && r.stderr.includes(words), `--watch-shaders, ${mode}: exit ${r.status}: ${r.stderr}`);
  };
  refused('practice', 3, 'came without them');
  refused('assessment', 2, 'assessment');
  cpSync(join(root, 'shaders'), join(data, 'shaders'), { recursive: true });
  d.env.SHIXUN_DATA = data;
  await d.start([...play, '--mode', 'practice', '--seed', '7']);
  await d.page('work', 120000);
  await d.key('F9');
  await d.page('developer');
  await d.fresh(4);
  const file = join(data, 'shaders', 'tonemap.frag'), good = readFileSync(file, 'utf8');
  const whole = picture('08-shaders-good');
  writeFileSync(file, good.replace('void main() {', 'void main() { no_such_thing += 1;'));
  await sleep(3500);
  await d.fresh(4);
  const broken = picture('09-shaders-broken');
  differ(broken, whole, 'the panel does not tell of a broken shader');
  writeFileSync(file, good.replace(/\}\s*$/, '  out_color = vec4(1.0 - out_color.rgb, 1.0);\n}\n'));
  await sleep(3500);
  await d.fresh(4);
  differ(picture('10-shaders-mended'), broken, 'a mended shader changes nothing');
  d.program.kill();
  await d.exit;

  // In a replay the film's controls stay beside it.
  const journal = join(home, 'expert.jsonl'), pack = join(root, 'scenarios/auto-repair/exercises/wheel-change');
  const played = spawnSync(join(process.argv[2], 'shixun'), ['play', 'auto-repair/wheel-change', '--headless', '--trace', join(pack, 'traces/expert.jsonl'), '--journal', journal], { env: d.env, encoding: 'utf8' });
  expect(played.status === 0, `no journal to replay: ${played.stderr}`);
  await d.start(['replay', journal, '--lang', 'en', '--tier', 'low', '--size', SIZE]);
  await d.page('replay', 120000);
  await d.key('F9');
  await d.page('developer');
  await d.fresh(4);
  picture('11-replay');
  await d.key('Escape');
  await d.page('replay');
  d.program.kill();
  await d.exit;

  // Where no help is, there is none of this either.
  await d.start(['play', 'auto-repair/wheel-change', '--lang', 'en', '--mode', 'assessment', '--trainee', 'e2e', '--tier', 'low', '--size', SIZE]);
  await d.page('work', 120000);
  await d.key('F9');
  s = await d.until(() => d.look().messages?.some((m) => m.includes('no developer panel')) && d.look(), 15000, 'the refusal');
  expect(s.page === 'work', `an assessment shows "${s.page}"`);
  picture('07-assessment');
});
