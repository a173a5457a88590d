// The developer's panel, as a person sees it. Pictures are kept under build/e2e/developer/.
import { readFileSync } from 'node:fs';
import { inWindow, sleep } from './driver.mjs';

const SIZE = process.env.SHIXUN_E2E_SIZE ?? '1280x720';

await inWindow('developer', 7, 'the developer panel shows, switches and leaves the attempt alone', async (d, expect, home) => {
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
  const views = { levels: [1013, 569], late: [1071, 569], overdraw: [1143, 569], bounds: [1228, 569] };
  const plain = [950, 569], frustum = [960, 599], occlusion = [1048, 599], observe = [960, 629], pin = [1067, 629];
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

  // Where no help is, there is none of this either.
  await d.start(['play', 'auto-repair/wheel-change', '--lang', 'en', '--mode', 'assessment', '--trainee', 'e2e', '--seed', '7', '--tier', 'low', '--size', SIZE]);
  await d.page('work', 120000);
  await d.key('F9');
  s = await d.until(() => d.look().messages?.some((m) => m.includes('no developer panel')) && d.look(), 15000, 'the refusal');
  expect(s.page === 'work', `an assessment shows "${s.page}"`);
  picture('07-assessment');
});
