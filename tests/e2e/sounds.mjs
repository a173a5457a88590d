// The program's sound from end to end: a recorded attempt shown in a window, its sounds caught by the driver that writes a WAV file instead of
// playing it. What was asked for is heard; the volume of config.yaml holds; without a device everything else goes on.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Driver, Failed, sleep } from './driver.mjs';

const [bin] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const out = mkdtempSync(join(tmpdir(), 'shixun-sounds-'));
const expect = (true_, what) => { if (!true_) throw new Failed(what); };

// The loudest tenth of a second (root mean square, 0 to 1) of a WAV file that may still be written to: its header is not to be trusted.
function loudest(file) {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('fmt ');
  const channels = bytes.readUInt16LE(at + 10), rate = bytes.readUInt32LE(at + 12), bits = bytes.readUInt16LE(at + 22);
  const float = bits === 32, size = bits / 8, data = bytes.indexOf('data', at) + 8;
  const block = Math.floor(rate / 10) * channels;
  let best = 0, seconds = 0;
  for (let i = data; i + block * size <= bytes.length; i += block * size, seconds += 0.1) {
    let sum = 0;
    for (let s = 0; s < block; ++s) sum += (float ? bytes.readFloatLE(i + s * size) : bytes.readInt16LE(i + s * size) / 32768) ** 2;
    best = Math.max(best, Math.sqrt(sum / block));
  }
  return { best, seconds };
}

// Shows the journal until `wanted` have been heard, in that order; gives everything told and what the program said.
async function show(journal, name, drivers, config, wanted) {
  const home = join(out, name), wav = join(out, name + '.wav'), conf = join(out, name + '.conf');
  mkdirSync(join(home, 'config'), { recursive: true });
  if (config) writeFileSync(join(home, 'config', 'config.yaml'), config);
  writeFileSync(conf, `drivers = ${drivers}\n[wave]\nfile = ${wav}\n`);
  const d = new Driver(bin, join(out, name + '-status'), `:${80 + Math.floor(Math.random() * 500)}`);
  try {
    await d.open(['replay', journal, '--lang', 'en', '--tier', 'low', '--speed', '3'], { SHIXUN_HOME: home, ALSOFT_CONF: conf, ALSOFT_DRIVERS: '' }, '480x270');
    const heard = [];
    const all = () => readFileSync(d.status, 'utf8').split('\n').slice(0, -1).flatMap((l) => (l.includes('"heard"') ? [JSON.parse(l)] : [])).flatMap((l) => l.heard.map((s) => ({ sound: s, t_ms: l.t_ms })));
    await d.page('replay', 120000);
    await d.until(() => { heard.splice(0, Infinity, ...all()); return heard.length >= wanted.length && wanted.every((w) => heard.some((h) => h.sound === w)); }, 120000, `the sounds ${wanted}`);
    await sleep(700);
    return { heard, wav };
  } finally {
    d.close();
  }
}

try {
  const journal = join(out, 'line.jsonl');
  const trace = join(root, 'scenarios/smart-manufacturing/exercises/sensor-fault/traces/expert.jsonl');
  const played = spawnSync(join(bin, 'shixun'), ['play', 'smart-manufacturing/sensor-fault', '--headless', '--trace', trace, '--mode', 'rehearsal', '--journal', journal],
    { encoding: 'utf8', env: { ...process.env, SHIXUN_HOME: join(out, 'play') } });
  expect(played.status === 0, `no journal to show: ${played.stderr}`);
  const events = readFileSync(journal, 'utf8').split('\n').filter((l) => l.includes('"v":')).map((l) => JSON.parse(l)).map((l) => l.event ?? l);
  const time_of = (verb, o) => events.find((e) => e.v === verb && e.o === o)?.t;

  const loud = await show(journal, 'loud', 'wave', '', ['hall', 'alarm', 'estop', 'vent']);
  for (const [sound, verb, o] of [['estop', 'set', 'hmi.estop'], ['vent', 'set', 'air_unit.valve']]) {
    const at = loud.heard.find((h) => h.sound === sound).t_ms, due = time_of(verb, o);
    expect(due !== undefined && at >= due && at < due + 3000, `'${sound}' is heard at ${at} ms; its event is at ${due} ms`);
  }
  const waves = loudest(loud.wav);
  expect(waves.seconds > 3, `only ${waves.seconds} s were played`);
  expect(waves.best > 0.01, `what was played is silent: at most ${waves.best}`);

  const mute = await show(journal, 'mute', 'wave', 'volume: 0\n', ['hall', 'alarm', 'estop']);
  expect(loudest(mute.wav).best === 0, `volume: 0 still sounds: ${loudest(mute.wav).best}`);

  const none = await show(journal, 'none', 'none', '', ['hall', 'alarm', 'estop']);
  console.log(`heard ${loud.heard.length} sounds, the loudest tenth of a second ${waves.best.toFixed(3)} of full scale; silent at volume 0; without a device ${none.heard.length} were asked for in vain`);
  rmSync(out, { recursive: true, force: true });
  process.exit(0);
} catch (e) {
  console.log(`FAIL: ${e instanceof Failed ? e.message : e.stack}  (see ${out})`);
  process.exit(1);
}
