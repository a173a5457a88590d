// See cmi5.sh. Every check prints one line; the first that does not hold ends the test with exit 1.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startLms } from './cmi5_lms.mjs';
import { kCredentials, sleep, startLrs } from './lrs.mjs';
import { problems } from './validate.mjs';

const [bin, modules] = process.argv.slice(2);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-cmi5-'));
const home = path.join(work, 'home'), data = path.join(home, 'data');
const env = { ...process.env, SHIXUN_HOME: home, SHIXUN_LOG: 'debug' };
const traces = path.join(root, 'scenarios/auto-repair/exercises/wheel-change/traces');
const person = { person: 'Zhang-San-Seeded', account: 'student-20260042-seeded' };
let output = '', last = '';

function must(condition, what) {
  if (!condition) throw new Error(`${what}; ${last}`);
  console.log('ok  ', what);
}
function start(program, args, input) {
  const child = spawn(path.join(bin, program), args, { env });
  let out = '', err = '';
  child.stdout.on('data', (d) => (out += d));
  child.stderr.on('data', (d) => (err += d));
  child.stdin.end(input || '');
  child.says = (pattern) => new Promise((done, fail) => {
    const look = () => pattern.exec(err) && done(pattern.exec(err));
    child.stderr.on('data', look);
    child.on('close', () => fail(new Error('it ended and never said ' + pattern)));
    look();
  });
  child.finished = new Promise((done) => child.on('close', (code) => {
    output += out + err;
    last = `${program} ${args[0]}: exit ${code} ${out.slice(0, 300)} ${err.slice(-500)}`;
    done({ code, out, err });
  }));
  return child;
}
const run = (program, ...args) => start(program, args).finished;
const playing = (trace, ...more) => ['launch', '-', '--headless', '--json', '--trace', path.join(traces, trace), ...more];
const launch = (session, trace = 'expert.jsonl', ...more) => start('shixun', playing(trace, ...more), session.link + '\n').finished;
async function begun(session, child) {
  while (!session.verbs.length && child.exitCode === null) await sleep(5);
  if (!session.verbs.length) throw new Error('the LMS heard nothing');
}
const verbs = (s) => s.verbs.filter((v) => v !== 'scored').join(' ');
const files = (dir) => fs.existsSync(dir) ? fs.readdirSync(dir, { recursive: true }).map((f) => path.join(dir, f)).filter((f) => fs.statSync(f).isFile()) : [];
const waiting = () => files(path.join(data, 'cmi5'));

let lrs, lms;
async function main() {
  lrs = await startLrs(modules, work);
  lms = await startLms(lrs, person);
  const configure = (url) => {
    fs.mkdirSync(path.join(home, 'config'), { recursive: true });
    fs.writeFileSync(path.join(home, 'config/config.yaml'), `lms:\n  - url: ${url}\n`);
  };
  configure('https://other.school.example');
  let s = lms.launch({ moveOn: 'Passed' });
  let r = await launch(s);
  must(r.code === 1 && /may launch/.test(r.err) && lms.requests === 0, 'an LMS that the school has not named is not even asked');
  configure(`http://127.0.0.1:${lms.port}`);

  // ---- every moveOn, passed and failed
  for (const moveOn of ['Passed', 'Completed', 'CompletedAndPassed', 'CompletedOrPassed', 'NotApplicable']) {
    s = lms.launch({ moveOn, preferences: { languagePreference: 'fr,en-US', audioPreference: 'on' } });
    r = await launch(s);
    must(r.code === 0 && verbs(s) === 'initialized completed passed terminated' && lms.satisfied(s), `${moveOn}: an expert's work satisfies it`);
  }
  must(s.statements.every((o) => o.context.language === 'en-US'), 'the language is the learner\'s first that is one of ours');
  must(waiting().length === 0, 'nothing is kept of a session that is delivered');
  const weak = 'fault_wrench_left_set.jsonl';
  for (const [moveOn, good] of [['Passed', false], ['Completed', true], ['CompletedAndPassed', false], ['CompletedOrPassed', true]]) {
    s = lms.launch({ moveOn, masteryScore: 1 });
    r = await launch(s, weak);
    must(r.code === 0 && verbs(s) === 'initialized completed failed terminated' && lms.satisfied(s) === good, `${moveOn}, below the mastery score: ${good ? 'satisfied' : 'not satisfied'}`);
  }
  must(s.statements.find((o) => o.verb.id.endsWith('/failed')).result.score.scaled < 1, 'a failed one says with how much');
  s = lms.launch({ moveOn: 'CompletedAndPassed', masteryScore: 0.8 });
  const again = lms.launch({ moveOn: 'CompletedAndPassed', masteryScore: 0.8, registration: s.registration });
  await launch(s);
  r = await launch(again);
  must(r.code === 0 && verbs(s) === 'initialized completed passed terminated' && verbs(again) === 'initialized terminated', 'a second time in a registration nothing is said twice');
  s = lms.launch({ moveOn: 'Completed', parameters: 'auto-repair/wheel-change practice' });
  r = await launch(s);
  must(r.code === 0 && verbs(s) === 'initialized completed terminated', 'practice is completed, not passed');
  for (const launchMode of ['Browse', 'Review']) {
    s = lms.launch({ moveOn: 'Passed', launchMode });
    r = await launch(s);
    must(r.code === 0 && s.verbs.join(' ') === 'initialized terminated', launchMode + ': nothing is claimed');
  }

  // ---- a course that the program wrote, each unit launched as it stands there
  const xml = path.join(work, 'cmi5.xml');
  r = await run('shixunctl', 'cmi5', 'course', 'auto-repair', '--id', 'https://school.example/courses/auto-repair', '--mode', 'assessment', '--mode', 'practice', '--out', xml);
  const course = fs.readFileSync(xml, 'utf8'), units = [...course.matchAll(/<au id="([^"]+)" moveOn="(\w+)"[^>]*>.*?<url>([^<]+)<\/url>\s*<launchParameters>([^<]+)<\/launchParameters>/gs)];
  must(r.code === 0 && units.length === 2 && new Set(units.map((u) => u[1])).size === 2 && units.every((u) => u[3] === 'shixun://launch'), 'a course structure: a unit for each mode, of its own name');
  must(/<title>\s*<langstring lang="zh-CN">更换车轮[^<]*（考核）<\/langstring>\s*<langstring lang="en-US">[^<]+ \(assessment\)<\/langstring>/i.test(course), 'in both languages');
  for (const [, , moveOn, , parameters] of units) {
    s = lms.launch({ moveOn, parameters });
    r = await launch(s);
    must(r.code === 0 && lms.satisfied(s), `${parameters} can be launched and satisfies ${moveOn}`);
  }
  r = await run('shixunctl', 'cmi5', 'course', 'auto-repair', '--id', 'https://school.example/c', '--mode', 'visitor');
  must(r.code === 2 && /counts for an LMS/.test(r.err), 'a mode in which nothing counts is no unit');

  // ---- a browser that knows no schemes: the link comes to a port of this machine
  s = lms.launch({ moveOn: 'Passed' });
  let child = start('shixun', ['launch', '--listen', '0', ...playing('expert.jsonl').slice(2)]);
  const at = await child.says(/http:\/\/127\.0\.0\.1:(\d+)\/launch/);
  const page = (host, query, path = '/launch') => new Promise((done, fail) => http.get({ host: '127.0.0.1', port: at[1], path: path + query, headers: { Host: host } }, (res) => {
    let body = '';
    res.on('data', (d) => (body += d));
    res.on('end', () => done({ status: res.statusCode, body, headers: res.headers }));
  }).on('error', fail));
  const query = s.link.slice(s.link.indexOf('?'));
  must((await page('attacker.example', query)).status === 404 && s.fetched === 0, 'a name that somebody lets point to this machine is not answered');
  must((await page('127.0.0.1:' + at[1], '?endpoint=x')).status === 400, 'what is no link does not end the wait');
  must((await page('127.0.0.1:' + at[1], query.replaceAll(encodeURIComponent(`:${lms.port}`), encodeURIComponent(':9')))).status === 403 && s.fetched === 0, 'nor does the link of another LMS');
  r = await page('127.0.0.1:' + at[1], query);
  must(r.status === 200 && /可以关闭此页/.test(r.body) && /can be closed/.test(r.body) && r.headers['referrer-policy'] === 'no-referrer' && r.headers['cache-control'] === 'no-store', 'the browser is told where the exercise opens');
  r = await child.finished;
  must(r.code === 0 && verbs(s) === 'initialized completed passed terminated' && lms.satisfied(s), 'and it is done as by a link');
  r = await run('shixun', 'launch');
  must(r.code === 2 && /--listen/.test(r.err), 'neither a link nor a port is named as what is missing');

  // ---- what cannot begin
  r = await launch(lms.sessions[1]);
  must(r.code === 1 && /used already/.test(r.err) && lms.sessions[1].fetched === 2, 'a link that was used is refused (error-code 1)');
  s = lms.launch({ moveOn: 'Passed' });
  s.fetched = 1;
  r = await launch(s);
  must(r.code === 1 && /used already/.test(r.err) && s.verbs.length === 0, 'a token that somebody else fetched is not had twice');
  s = lms.launch({ moveOn: 'Passed', noLaunchData: true });
  r = await launch(s);
  must(r.code === 1 && /no LMS.LaunchData/.test(r.err) && s.verbs.length === 0, 'without LMS.LaunchData nothing begins');
  s.noLaunchData = false;
  r = await launch(s);
  must(r.code === 0 && s.fetched === 1 && lms.satisfied(s), 'and when the LMS has it the same link goes on, with the token it had');
  s = lms.launch({ moveOn: 'Passed', parameters: 'auto-repair/wheel-change practice' });
  r = await launch(s);
  must(r.code === 1 && /never given in the mode practice/.test(r.err) && s.verbs.length === 0, 'a course that can never be satisfied is named before anybody works');
  s = lms.launch({ moveOn: 'Passed', parameters: 'auto-repair/no-such' });
  r = await launch(s);
  must(r.code !== 0 && s.verbs.length === 0, 'an exercise that is not there is not begun');
  must(lms.refusals.length === 0, `the LMS had nothing to refuse (${lms.refusals[0] ?? 'none'})`);

  // ---- an answer that is lost; an LMS that is away
  s = lms.launch({ moveOn: 'Passed', readableAfterwards: true });
  lms.plan = ['after500'];
  r = await launch(s);
  await run('shixunctl', 'upload', '--wait', '--retry-base-ms', '5', '--retry-max-ms', '40');
  must(lms.satisfied(s) && s.verbs.filter((v) => v === 'initialized').length === 1 && lms.refusals.length === 0, 'stored, and answered with 500: read back, and not sent as another');
  const kept = waiting().length;
  s = lms.launch({ moveOn: 'Passed' });
  child = start('shixun', playing('expert.jsonl', '--pace', '60'), s.link + '\n');
  await begun(s, child);
  s.expectsRefusal = 1;  // gone before its answer is read: `initialized` is said again, refused and read back
  await lms.down();
  r = await child.finished;
  must(r.code === 0 && s.verbs.join() === 'initialized', '`initialized` is there at once; the rest waits while the LMS is away');
  r = await run('shixunctl', 'upload', '--status', '--lang', 'en');
  must(r.code === 3 && /127.0.0.1:\d+|cmi5-/.test(r.out) && /wait/.test(r.out), 'and is told to wait');
  await lms.up();
  r = await run('shixunctl', 'upload', '--once');
  must(r.code === 0 && verbs(s) === 'initialized completed passed terminated' && waiting().length === kept, 'late, whole and in order when it is back');

  // ---- a program that is killed; the same link goes on
  s = lms.launch({ moveOn: 'Completed' });
  child = start('shixun', playing('expert.jsonl', '--pace', '60'), s.link + '\n');
  await begun(s, child);
  s.expectsRefusal = 1;  // likewise: killed before it reads the answer
  child.kill('SIGKILL');
  await child.finished;
  const open = JSON.parse((await run('shixunctl', 'results', 'list', '--json', '--open')).out).attempts.map((a) => a.attempt);
  must(open.length === 1, 'a killed program leaves the attempt open');
  must((await run('shixunctl', 'results', 'close', open[0])).code === 0 && (await run('shixunctl', 'upload', '--once')).code === 0, 'it can be closed as it stands, and sent');
  must(verbs(s) === 'initialized failed terminated' && !lms.satisfied(s), 'and the LMS hears the end of it');

  // ---- a link on the command line, as a browser gives it
  s = lms.launch({ moveOn: 'Passed' });
  child = start('shixun', ['launch', s.link, ...playing('expert.jsonl', '--pace', '60').slice(2)]);
  await begun(s, child);
  const seen = fs.readFileSync(`/proc/${child.pid}/cmdline`, 'latin1');
  must(seen.includes('launch') && !seen.includes(s.key) && !seen.includes('fetch'), 'a link on the command line is blotted out of the list of processes');
  must((await child.finished).code === 0 && lms.satisfied(s), 'and is as good as one from standard input');

  // ---- an LMS that holds the session for over
  s = lms.launch({ moveOn: 'Passed' });
  child = start('shixun', playing('expert.jsonl', '--pace', '60'), s.link + '\n');
  await begun(s, child);
  s.over = true;
  r = await child.finished;
  r = await run('shixunctl', 'upload', '--status', '--lang', 'en');
  must(r.code === 1 && /the session is over/.test(r.out), 'a session that is over: what it did not get is put aside, and said so');
  must(JSON.parse((await run('shixunctl', 'results', 'check', '--json')).out).ok, 'the result is recorded all the same');
  fs.mkdirSync(path.join(work, 'school-store'));
  const store = await startLrs(modules, path.join(work, 'school-store'));
  fs.writeFileSync(path.join(home, 'config/school.key'), Object.keys(kCredentials)[0] + '\n', { mode: 0o600 });
  fs.appendFileSync(path.join(home, 'config/config.yaml'), `endpoints:\n  - name: school\n    type: xapi\n    url: ${store.url}\n    key_file: school.key\n    actor_home_page: https://id.school.example\n`);
  await run('shixunctl', 'upload', '--once');
  await run('shixunctl', 'upload', '--once', '--to', 'school');
  const late = (await store.all()).filter((o) => o.context.extensions?.['https://shixun.example/xapi/extensions/late']);
  must(late.map((o) => o.verb.id.split('/').pop()).sort().join(' ') === 'completed passed', 'it goes to the school\'s own store instead, marked late');
  must(late.every((o) => o.context.registration === s.registration && o.object.id === s.activity && o.actor.account.homePage === 'https://id.school.example' && !JSON.stringify(o).includes('cmi5')), 'with the LMS\'s registration and unit, outside of cmi5, by pseudonym');
  must(problems(modules, late).length === 0, 'and the validator takes it');
  await run('shixunctl', 'upload', '--once');
  await run('shixunctl', 'upload', '--once');
  must((await store.all()).filter((o) => o.context.extensions?.['https://shixun.example/xapi/extensions/late']).length === 2, 'once');
  await store.stop();
  must(lms.refusals.length === 0, `in all that the LMS had nothing to refuse (${lms.refusals[0] ?? 'none'})`);

  // ---- the statements, and what is nowhere
  const all = lms.sessions.flatMap((o) => o.statements);
  const bad = problems(modules, all);
  bad.slice(0, 5).forEach((b) => console.log(b));
  must(all.length > 200 && bad.length === 0, `all ${all.length} statements pass the validator`);
  must((await lrs.all()).length === all.length, 'and the store has each once');
  const text = (f) => fs.readFileSync(f, 'latin1');
  const secrets = lms.sessions.flatMap((o) => [o.token, Buffer.from(o.token, 'base64').toString(), o.key]);
  const everything = files(home).map(text);
  must([...everything, output].every((t) => secrets.every((x) => !t.includes(x))), `no token and no fetch key in ${everything.length} files or ${output.length} bytes of output`);
  must([...everything, output].every((t) => !t.includes(person.person)), 'the name that the LMS gave is nowhere');
  const naming = files(home).filter((f) => text(f).includes(person.account)).map((f) => path.relative(data, f).replace(/[0-9a-f-]{36}/, 'ID'));
  must(naming.every((f) => /^attempts\.sqlite|^cmi5\/ID\.json$/.test(f)) && !output.includes(person.account), `the account only in what is sent (${[...new Set(naming)]})`);
  must(files(path.join(data, 'cmi5')).every((f) => (fs.statSync(f).mode & 0o77) === 0), 'which nobody else can read');
  const before = waiting().length;
  r = await run('shixunctl', 'results', 'purge', '--trainee', s.registration, '--undelivered', '--yes');
  must(r.code === 0 && waiting().length === before - 1, 'a purge takes the session along');
  console.log('an LMS gets what it may have, in order, once');
}

let code = 0;
try {
  await main();
} catch (e) {
  console.log('FAIL: ' + e.message + ` (${work})`);
  code = 1;
}
await lms?.down();
await lrs?.stop();
if (code === 0) fs.rmSync(work, { recursive: true });
process.exit(code);
