// See offline.sh.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startProxy } from './fault_proxy.mjs';
import { freePort, startLrs } from './lrs.mjs';

const [bin, modules] = process.argv.slice(2);
const trace = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-offline-'));
const home = path.join(work, 'home');
let last = '';

function must(condition, what) {
  if (!condition) throw new Error(`${what}; ${last}`);
  console.log('ok  ', what);
}
// As if the clock stood elsewhere: '-7d', '+90m'. Only the wall clock; what measures spans goes on.
function run(clock, program, ...args) {
  return new Promise((done) => {
    const child = spawn('faketime', ['-f', clock, path.join(bin, program), ...args], { env: { ...process.env, SHIXUN_HOME: home, FAKETIME_DONT_FAKE_MONOTONIC: '1' } });
    let out = '', err = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (err += d));
    child.on('close', (code) => {
      last = `${clock} ${program} ${args[0]}: exit ${code} ${out.slice(0, 300)} ${err.slice(-400)}`;
      done({ code, out, err });
    });
  });
}
function configure(url) {
  fs.mkdirSync(path.join(home, 'config'), { recursive: true });
  fs.writeFileSync(path.join(home, 'config/config.yaml'),
    `endpoints:\n  - name: school\n    type: xapi\n    url: ${url}\n    user: school-key\n    password_file: school.password\n    actor_home_page: https://id.school.example\n`);
  fs.writeFileSync(path.join(home, 'config/school.password'), 'school-secret-7f3a\n', { mode: 0o600 });
}
const play = async (clock) => {
  const r = await run(clock, 'shixun', 'play', 'auto-repair/wheel-change', '--headless', '--trace', trace, '--mode', 'assessment', '--trainee', 's-1', '--json');
  must(r.code === 0, 'recorded at ' + clock);
  return JSON.parse(r.out).attempt;
};
const upload = (clock, ...more) => run(clock, 'shixunctl', 'upload', '--retry-base-ms', '5', '--retry-max-ms', '40', ...more);

let lrs, proxy;
async function main() {
  configure(`http://127.0.0.1:${await freePort()}/xAPI`);
  const attempts = [];
  // Day by day; after the third day the clock is an hour behind, after the fifth a day ahead, and then right again.
  for (const clock of ['-7d', '-6d', '-5d', '-97h', '-73h', '-24h', '+1h', '-23h', '-1h']) {
    attempts.push(await play(clock));
    must((await upload(clock, '--once')).code === 3, 'and not sent: nobody is there');
  }
  lrs = await startLrs(modules, work);
  proxy = await startProxy({ target: lrs.url, seed: 1, faulty: 0 });
  configure(proxy.url);
  const behind = await upload('-2h', '--once');
  must(/clock differs from the endpoint's by 1(19|20) min/.test(behind.err), 'a clock that is two hours behind is told');
  must(behind.code === 0, 'and nothing waits for it');
  attempts.push(await play('+0'));
  const right = await upload('+0', '--wait');
  must(right.code === 0 && !/clock differs/.test(right.err), 'with the right clock nothing is told');

  const exported = await run('+0', 'shixunctl', 'results', 'export', '--format', 'xapi', '--home-page', 'https://id.school.example');
  const sent = exported.out.split('\n').filter(Boolean).map((l) => JSON.parse(l));
  const stored = await lrs.all();
  must(new Set(sent.map((s) => s.context.registration)).size === attempts.length, `${attempts.length} attempts were recorded`);
  must(stored.length === sent.length && sent.every((s) => stored.some((t) => t.id === s.id)), `stored ${stored.length}, recorded ${sent.length}`);
  const arrived = [...proxy.state.seen.keys()];
  for (const id of attempts) {
    const own = sent.filter((s) => s.context.registration === id).map((s) => s.id);
    const there = arrived.filter((s) => own.includes(s));
    if (own.join() !== there.join()) throw new Error('the order of ' + id);
    const times = sent.filter((s) => own.includes(s.id)).map((s) => Date.parse(s.timestamp));
    if (times[0] !== Math.min(...times) || times[times.length - 1] !== Math.max(...times)) throw new Error('the times of ' + id);
  }
  must(true, 'each attempt arrived in its order');
}

let code = 0;
try {
  await main();
  console.log('a week without a network loses nothing');
} catch (e) {
  console.log('FAIL: ' + e.message + ` (${work})`);
  code = 1;
}
await proxy?.stop();
await lrs?.stop();
if (code === 0) fs.rmSync(work, { recursive: true });
process.exit(code);
