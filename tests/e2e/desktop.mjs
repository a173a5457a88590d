// The window from start to result. Pictures of every page are kept under build/e2e/desktop/.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { inWindow, sleep } from './driver.mjs';

const bin = process.argv[2];

await inWindow('desktop', 'the window works from start to result', async (d, expect, home) => {
  const shot = (name) => { const s = d.screenshot(name); expect(s.colors > 40, `the screen "${name}" is empty (${s.colors} colours)`); };
  await d.open(['--lang', 'en', '--trainee', 'e2e'], { SHIXUN_HOME: home });
  await d.page('launcher');
  await sleep(1500);
  shot('01-launcher-en');
  await d.key('F2');
  await sleep(1200);
  shot('02-launcher-zh');
  await d.key('F2');
  await sleep(800);
  await d.push('Start');  // practice is chosen
  let s = await d.page('work', 120000);
  const start = s.eye;
  shot('03-work');

  // Walk to the wheel. The mouse turns the head, W walks.
  await d.walk(1.75, 1.9);
  s = d.look();
  expect(Math.hypot(s.eye[0] - start[0], s.eye[2] - start[2]) > 1, 'walking moved nobody');
  await d.key('F1');
  await d.fresh(3);
  shot('04-help');
  await d.key('F1');

  // Nobody walks through the car.
  await d.face([0, 1, 0.6], 0.02);
  d.press('keydown w');
  await sleep(2500);
  d.press('keyup w');
  s = await d.fresh(2);
  expect(s.eye[0] > 0.8, `walked into the car: ${s.eye}`);
  await d.walk(1.75, 1.9);

  // The brace from the trolley, then a nut; too early, without gloves: that costs marks and is allowed.
  await d.walk(1.95, 0.35);
  await d.act('wheel_brace', 'take wheel_brace');
  expect(d.look().held === 'wheel_brace', 'the brace is not in the hand');
  await d.walk(1.6, 1.55);
  await d.key('c');
  await d.fresh(8);
  await d.choose('nut_1', 'turn nut_1 -');
  shot('05-nut');
  d.press('mousedown 1');
  await d.until(() => d.look().stroking, 10000, 'the effort to begin');
  await d.fresh(3);
  shot('06-turning');
  await d.until(() => d.look().torque_dnm === 0, 60000, 'the nut to come loose');
  d.press('mouseup 1');
  await d.until(() => !d.look().stroking, 10000, 'the effort to end');
  s = await d.fresh(3);
  expect(s.torque_dnm === 0, `the nut is still tight: ${s.torque_dnm}`);
  expect(s.events >= 2, 'turning left no event');

  // The work order.
  await d.key('Tab');
  await d.page('sheet');
  await sleep(800);
  shot('07-work-order');
  await d.key('Tab');
  await d.page('work');

  // Hints, and a line to say.
  await d.key('h');
  await d.fresh(4);
  shot('08-hint');
  await d.key('t');
  await d.page('lines');
  await sleep(800);
  shot('09-lines');
  await d.key('1');
  await d.page('work');

  // Pause: the clock stands still. Leave, and go on later.
  await d.key('Escape');
  await d.page('pause');
  const paused = d.look().t_ms;
  await sleep(1500);
  shot('10-pause');
  await d.push('Save and leave');
  await d.page('launcher');
  await sleep(1200);
  shot('11-resume-offer');
  expect(d.look().open === 1, 'the interrupted attempt is not offered');
  await d.push('Continue');
  s = await d.page('work', 120000);
  expect(s.t_ms >= paused - 1000 && s.t_ms < paused + 60000, `time after resuming: ${s.t_ms}, before: ${paused}`);
  expect(s.held === 'wheel_brace', 'what was in the hand is gone after resuming');

  // Hand in: marked, and every mark can be looked back at.
  await d.key('F10');
  await d.page('pause');
  await sleep(800);
  shot('12-hand-in');
  await d.push('Yes, hand in');
  const result = await d.page('result', 60000);
  await sleep(1500);
  shot('13-result-en');
  await d.key('F2');
  await sleep(1500);
  shot('14-result-zh');
  expect(result.total_mp > 0 && result.total_mp < 60000 && result.pass === false, `unlikely marks: ${JSON.stringify(result)}`);
  const graded = spawnSync(join(bin, 'shixunctl'), ['grade', result.journal, '--json'], { env: { ...process.env, SHIXUN_HOME: home } });
  expect(graded.status === 0, `grading again: exit ${graded.status} ${graded.error ?? ''} ${graded.stderr}`);
  const journal = readFileSync(result.journal, 'utf8');
  expect(journal.includes('"o":"nut_1"') && journal.includes('"v":"say"') && journal.includes('"v":"pause"'), 'the journal lacks what was done');

  // Looking back at what a mark is about, and on from there.
  await d.key('F2');
  const found = () => d.drawn('detail', 'button').find((one) => one.text === 'Show me');
  await d.fresh(3);
  for (const row of d.drawn('marks', 'text').slice(1)) {  // the first mark with a moment to show
    if (found()) break;
    await d.clickAt(row.x + 20, row.y + row.h / 2);
  }
  await d.push('Show me');
  await d.page('looking back', 15000);
  await sleep(1500);
  shot('15-looking-back');
  await d.key('Escape');
  await d.page('result');
  await d.push('To the start page');
  await d.page('launcher');
  await sleep(600);
  const ended = await d.quit('Quit');
  expect(ended && ended.code === 0, `the program did not end well: ${JSON.stringify(ended)}`);
});
