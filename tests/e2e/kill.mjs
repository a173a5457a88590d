// See kill.sh. Plays the expert's trace, slowed down, and kills the program: 20 times in the middle of the work, 30 times in a fast
// run, where the kill falls into beginning and closing. SEED repeats a run.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { rng } from '../interop/fault_proxy.mjs';

const bin = process.argv[2];
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const trace = path.join(root, 'scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl');
const seed = Number(process.env.SEED || Date.now() % 1e6);
const random = rng(seed);
console.log('seed', seed);

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-kill-'));
const home = path.join(work, 'home');
const journals = path.join(home, 'data/journals');
const env = { ...process.env, SHIXUN_HOME: home };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const fail = (what) => {
  console.log(`FAIL: ${what} (seed ${seed}; ${work})`);
  process.exit(1);
};
const ctl = (...args) => {
  const r = spawnSync(path.join(bin, 'shixunctl'), args, { env, encoding: 'utf8' });
  return { code: r.status, json: r.stdout.startsWith('{') ? JSON.parse(r.stdout) : null, err: r.stderr };
};

fs.mkdirSync(path.join(home, 'config'), { recursive: true });
fs.writeFileSync(path.join(home, 'config/config.yaml'),
  'endpoints:\n  - {name: school, type: xapi, url: "http://127.0.0.1:9/xAPI", user: u, password_file: p, actor_home_page: "https://id.school.example"}\n');
fs.writeFileSync(path.join(home, 'config/p'), 'secret\n', { mode: 0o600 });


// What the whole work leaves behind: every killed one must be a beginning of it.
function events(id) {
  const lines = fs.readFileSync(path.join(journals, id + '.jsonl'), 'utf8').split('\n');
  const torn = lines.pop() !== '';
  const all = lines.map((l) => JSON.parse(l));
  const told = all.filter((l) => l.seq).map(({ prev, ...event }) => JSON.stringify(event));
  return { header: all[0], told, torn, footer: all.at(-1)?.v === 'footer', begun: all.length > 0 };
}
const full = spawnSync(path.join(bin, 'shixun'), ['play', 'auto-repair/wheel-change', '--headless', '--trace', trace, '--json'], { env, encoding: 'utf8' });
if (full.status !== 0) fail('the trace cannot be played: ' + full.stderr);
const reference = events(JSON.parse(full.stdout).attempt).told;
const times = reference.map((e) => JSON.parse(e).t);
const known = new Set([JSON.parse(full.stdout).attempt]);

// Starts a play and kills it `after` ms later, if it has not ended by then. Gives when, by the wall clock.
async function playAndKill(pace, after) {
  const child = spawn(path.join(bin, 'shixun'), ['play', 'auto-repair/wheel-change', '--headless', '--trace', trace, '--pace', String(pace)], { env, stdio: 'ignore' });
  const end = new Promise((done) => child.on('exit', (code, signal) => done(signal)));
  await sleep(after);
  const at = Date.now();  // before the signal: what was due until here counts
  child.kill('SIGKILL');
  return (await end) === 'SIGKILL' ? at : null;
}

// The journal the last play left, if it had begun; the program must know every attempt there ever was.
function newcomer() {
  const list = ctl('results', 'list', '--json');
  if (list.code !== 0) fail('the list of results: ' + list.err);
  const rows = new Map(list.json.attempts.map((a) => [a.attempt, a]));
  for (const id of known) if (!rows.has(id)) fail('attempt ' + id + ' is lost');
  for (const file of fs.readdirSync(journals)) {
    const id = file.replace('.jsonl', '');
    if (known.has(id)) continue;
    const journal = events(id);
    if (!journal.begun) continue;  // killed before the header was written
    if (!rows.has(id)) fail('attempt ' + id + ' has a journal but is not listed');
    known.add(id);
    if (!journal.told.every((e, i) => e === reference[i])) fail('attempt ' + id + ' recorded something else than what was done');
    if ((rows.get(id).status === 'closed') !== journal.footer) fail('attempt ' + id + ' is ' + rows.get(id).status + ', its journal says otherwise');
    return journal;
  }
  return null;
}

const kPace = 150;  // the work of 9.6 min in 3.8 s
let begun = 0, inTheMiddle = 0, torn = 0, worst = 0;
for (let i = 0; i < 20; ++i) {
  const killedAt = await playAndKill(kPace, 200 + random() * 3600);
  const journal = newcomer();
  if (!journal) continue;
  ++begun;
  torn += journal.torn;
  const n = journal.told.length;
  if (killedAt === null || journal.footer) continue;
  inTheMiddle += n > 0 && n < reference.length;
  if (n < times.length) worst = Math.max(worst, killedAt - Date.parse(journal.header.started_utc) - times[n] / kPace);
}
console.log(`20 slow plays killed: ${begun} had begun, ${inTheMiddle} in the middle of the work, ${torn} torn lines; oldest missing event ${worst.toFixed(0)} ms before the kill`);
if (inTheMiddle < 5) fail('hardly any kill fell into the work');
if (worst > 1000) fail('more than a second of events is missing');

let closed = 0;
const fullMs = 1 + Number(process.env.FAST_MS || 120);
for (let i = 0; i < 30; ++i) {
  await playAndKill(0, random() * fullMs);
  const journal = newcomer();
  closed += journal?.footer ?? 0;
}
console.log(`30 fast plays killed: ${known.size - 1 - begun} had begun, ${closed} had closed`);

const check = ctl('results', 'check', '--json');
if (check.code !== 0) fail('results check: ' + check.err);
console.log('results check', JSON.stringify(check.json));

// What was interrupted can still be graded, and everything closed is queued, also what died between journal and store.
for (const a of ctl('results', 'list', '--open', '--json').json.attempts) {
  const r = ctl('results', 'close', a.attempt, '--json');
  if (r.code !== 0) fail('closing ' + a.attempt + ': ' + r.err);
}
const upload = ctl('upload', '--to', 'school', '--once', '--json');
if (upload.code !== 3) fail('an upload to nobody should exit 3: ' + upload.err);
for (const a of ctl('results', 'list', '--json').json.attempts) {
  if (a.status !== 'closed') fail('attempt ' + a.attempt + ' is still open');
  const shown = ctl('results', 'show', a.attempt, '--json').json;
  if (shown.outbox.length < 3) fail('attempt ' + a.attempt + ' was not queued');
}
const grade = ctl('grade', ...fs.readdirSync(journals).map((f) => path.join(journals, f)).filter((f) => fs.statSync(f).size > 0));
if (grade.code !== 0) fail('grading all again: ' + grade.err);
const end = ctl('results', 'check', '--json');
if (end.code !== 0 || end.json.torn !== 0) fail('the last check: ' + JSON.stringify(end.json) + end.err);
console.log(`${known.size} attempts: none lost, all graded, all queued, the store is whole`);
fs.rmSync(work, { recursive: true });
