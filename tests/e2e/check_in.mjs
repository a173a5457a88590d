// The check-in of two guests in guided mode, by key and mouse: whatever the recorded expert does can be done in the window, form included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, inWindow, sleep } from './driver.mjs';

const pair = 'g1_g3', seed = '2';
const traces = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../scenarios/tourism-service/exercises/check-in/traces');
const rows = readFileSync(join(traces, `expert_${pair}.jsonl`), 'utf8').trim().split('\n').slice(1).map((r) => JSON.parse(r));
// What this seed draws, as the screen and the guests tell it.
const truth = { a_nights: 2, b_nights: 2, a_departure: 'd24', b_departure: 'd24', a_rate: 'with_breakfast', b_rate: 'with_breakfast', b_relation: 'alone', b_guardian: 'not_needed',
  a_amount: 'y1200', b_amount: 'y1200', a_room: 'r0806', b_room: 'r1205' };

// Where the form's buttons are, at 960 x 540 and in Chinese; the last four fields after scrolling down.
const where = {
  a_nights: { number: [497, 85] },
  a_departure: { d23: [499, 119], d24: [592, 119], d25: [499, 153], d26: [592, 153] },
  a_rate: { with_breakfast: [528, 187], without_breakfast: [528, 221] },
  a_room: { r0806: [480, 289], r0808: [533, 289], r0818: [592, 289], r0822: [648, 289] },
  b_nights: { number: [497, 357] },
  b_departure: { d23: [499, 391], d24: [592, 391], d25: [499, 425], d26: [592, 425] },
  b_rate: { with_breakfast: [528, 111], without_breakfast: [528, 145] },
  b_relation: { alone: [492, 213], uncle: [541, 247] },
  b_guardian: { not_needed: [527, 281], m8021: [527, 349] },
  b_room: { r1205: [480, 451], r1207: [533, 451], r1217: [592, 451], r1221: [648, 451] },
};

await inWindow('check_in', 7, 'two guests can be checked in in the window', async (d, expect, home) => {
  // Guests are met by looking at their faces: their middle is behind the desk.
  const look = d.look.bind(d);
  d.look = () => {
    const s = look();
    for (const [o, at] of Object.entries(s?.things ?? {})) if (/^g\d/.test(o)) at[1] = 1.5;
    return s;
  };
  const lang = 'zh-CN';
  await d.open(['play', 'tourism-service/check-in', '--lang', lang, '--mode', 'guided', '--trainee', 'expert', '--seed', seed], { SHIXUN_HOME: home });
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
      // The next guest listens once he stands at the desk, a moment after he is near it.
      for (const end = Date.now() + 30000; Date.now() < end && !d.look().choices.includes(`say ${r.o} ${value}`); await d.fresh(2)) await d.face(d.look().things[r.o], 0.003);
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
      await d.key('Tab');
      await d.page('sheet');
      await sleep(500);
      const below = ['b_rate', 'b_relation', 'b_guardian', 'b_room'].includes(r.o);
      d.press('mousemove 480 300');
      await sleep(200);
      for (let n = 0; n < 12; ++n) { d.press(`click ${below ? 5 : 4}`); await sleep(60); }
      await sleep(400);
      const spot = where[r.o]?.[value ?? 'number'];
      if (!spot) throw new Failed(`where is ${r.o} ${value}?`);
      await d.click(spot[0] * 4 / 3, spot[1] * 4 / 3);
      if (amount) { await d.type(String(amount)); await d.key('Return'); }
      await d.until(() => d.look().events > before, 10000, `${r.o} to be written`);
      await d.key('Tab');
      await d.page('work');
      await sleep(300);
      continue;
    } else if (r.do === 'finish') {
      break;
    }
    await d.until(() => d.look().events > before, 15000, `${r.do} ${r.o} to have happened`);
    if ([0, 1, 2, 6, 25, 30, 40, 50, 70].includes(i)) d.screenshot(`step-${String(i).padStart(2, '0')}`);
  }
  d.screenshot('end');
  console.log(`total ${d.look().total_mp / 1000}, ${Math.round((Date.now() - started) / 1000)} s`);
  expect(d.look().total_mp >= 90000, `only ${d.look().total_mp / 1000} marks`);
});
