// The check-in of two guests as an expert does it, by key and mouse: whatever the recorded expert does can be done in the window.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, inWindow, sleep } from './driver.mjs';

const pair = 'g1_g3', seed = '2';
const traces = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../scenarios/tourism-service/exercises/check-in/traces');
const rows = readFileSync(join(traces, `expert_${pair}.jsonl`), 'utf8').trim().split('\n').slice(1).map((r) => JSON.parse(r));
// What this seed draws, as the screen and the guests tell it.
const truth = JSON.parse(process.env.CHECK_IN_TRUTH ?? '{}');

await inWindow('check_in', 7, 'two guests can be checked in in the window', async (d, expect, home) => {
  // Guests are met by looking at their faces: their middle is behind the desk.
  const look = d.look.bind(d);
  d.look = () => {
    const s = look();
    for (const [o, at] of Object.entries(s?.things ?? {})) if (/^g\d/.test(o)) at[1] = 1.5;
    return s;
  };
  const lang = process.env.CHECK_IN_LANG ?? 'en';
  await d.open(['play', 'tourism-service/check-in', '--lang', lang, '--mode', 'practice', '--trainee', 'expert', '--seed', seed], { SHIXUN_HOME: home });
  await d.page('work', 240000);
  await sleep(1500);
  d.screenshot('begin');
  const started = Date.now();
  const guest = (o) => o.split('.')[0];
  for (const [i, r] of rows.entries()) {
    const value = r.value?.startsWith('$truth.') ? truth[r.value.slice(7)] : r.value;
    const amount = r.amount?.startsWith('$truth.') ? truth[r.amount.slice(7)] : r.amount;
    const before = d.look().events;
    const note = `${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${i} ${r.do} ${r.o ?? ''} ${value ?? amount ?? r.at ?? ''}  [${d.look().step} ${d.look().total_mp / 1000}]`;
    console.log(note);
    if (r.do === 'say') {
      await d.until(() => d.look().things[r.o]?.[2] > -1.1, 60000, `${r.o} to come`);
      await sleep(300);
      await d.act(r.o, `say ${r.o} ${value}`);
    } else if (r.do === 'read') {
      // What is in the hand is read with nothing else in view.
      await d.face([d.look().eye[0] + 0.2, 2.9, d.look().eye[2] - 1.5], 0.02);
      const now = await d.fresh(2), index = now.choices.findIndex((c) => c === `read ${r.o}`);
      if (index < 0) throw new Failed(`${r.o} is not offered: ${JSON.stringify(now.choices)}`);
      await d.key(String(index + 1));
    } else if (r.do === 'give') {
      await d.act(guest(r.at), `give ${r.o}`);
    } else if (r.do === 'put' || r.do === 'place') {
      await d.act(r.at, r.do);
    } else if (r.do === 'set') {
      await d.act(r.o, `set ${r.o} ${value}`);
    } else if (r.do === 'take' || r.do === 'press') {
      await d.act(r.o, `${r.do} ${r.o}`);
    } else if (r.do === 'record') {
      if (process.env.CHECK_IN_SHEET && i < 22) { await d.key('Tab'); await d.page('sheet'); await sleep(800); d.screenshot(`sheet-${lang}`); await d.key('Tab'); await d.page('work'); if (i > 17) throw new Failed('seen'); }
      continue;
    } else if (r.do === 'finish') {
      break;
    }
    await d.until(() => d.look().events > before, 15000, `${r.do} ${r.o} to have happened`);
    if ([0, 1, 2, 6, 25, 30, 40, 50, 70].includes(i)) d.screenshot(`step-${String(i).padStart(2, '0')}`);
  }
  d.screenshot('end');
  console.log(`total ${d.look().total_mp / 1000}, ${Math.round((Date.now() - started) / 1000)} s`);
});
