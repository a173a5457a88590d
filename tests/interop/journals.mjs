// Writes closed journals without the program: a second reading of the format, byte for byte, so that a mistake in both the writer
// and the reader cannot hide. The program takes them in as attempts.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const sha = (s) => crypto.createHash('sha256').update(s).digest('hex');

// Keys sorted, no blanks, UTF-8.
export function canonical(v) {
  if (Array.isArray(v)) return '[' + v.map(canonical).join(',') + ']';
  if (v && typeof v === 'object') return '{' + Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k])).join(',') + '}';
  return JSON.stringify(v);
}

export function writeJournal(folder, random, { startedMs, trainee }) {
  const whole = (n) => Math.floor(random() * n);
  const attempt = crypto.randomUUID();
  const mode = ['assessment', 'assessment', 'practice', 'guided'][whole(4)];
  const seed = String(whole(1e9));
  const lines = [canonical({
    v: 'header', format: 1, attempt, exercise: 'auto-repair/wheel-change', title: { 'zh-CN': '更换车轮', en: 'Wheel change' },
    pack: { id: 'auto-repair', version: '1.0.0', sha256: sha('pack'), scoring_sha256: sha('scoring') }, mode, seed, trainee, engine: '0.1.0', scorer: 1,
    started_utc: new Date(startedMs).toISOString(), device: 'desktop', lang: whole(2) ? 'zh-CN' : 'en',
  })];
  const next = (o) => lines.push(canonical({ ...o, prev: sha(lines[lines.length - 1]) }));
  const events = 3 + whole(30);
  let t = 0;
  for (let seq = 1; seq <= events; ++seq) {
    t += whole(5000);
    next({ seq, t, v: 'turn', o: 'fl.nut' + (1 + whole(5)), tool: 'torque_wrench', a: { angle_cd: whole(36000) - 18000, torque_dnm: whole(1200), at: 'hub.stud' + whole(5) } });
  }
  const criteria = [];
  let total = 0;
  for (let i = 0; i < 6; ++i) {
    const max = [20000, 15000, 15000, 20000, 20000, 10000][i];
    const got = Math.round((max * whole(5)) / 4);
    total += got;
    criteria.push({ id: 'A' + i, criterion: i < 3 ? 'safety' : 'work', lens: i % 2 ? 'process' : 'outcome', max_mp: max, awarded_mp: got, events: [1 + whole(events)],
                    title: { 'zh-CN': '要点 ' + i, en: 'Aspect ' + i }, why: { 'zh-CN': '“好”', en: '"good" <&>' } });
  }
  const codes = [];
  if (whole(3) === 0) {
    total -= 1000;
    codes.push('NUT_DROPPED');
    criteria.push({ id: 'P1', criterion: 'work', lens: 'process', max_mp: 0, awarded_mp: -1000, events: [1, 2], code: 'NUT_DROPPED', title: { 'zh-CN': '掉落', en: 'Dropped' }, why: { 'zh-CN': '', en: '' } });
  }
  total = Math.max(0, total);
  const sheet = { exercise: 'auto-repair/wheel-change', pack_version: '1.0.0', scorer: 1, mode, seed, total_mp: total, raw_mp: total, max_mp: 100000, process_mp: total >> 1, process_max_mp: 50000,
                  outcome_mp: total - (total >> 1), outcome_max_mp: 50000, finished: whole(8) !== 0, verdict: total >= 60000 ? 'pass' : 'fail', active_ms: t, codes, criteria };
  const footer = { v: 'footer', prev: sha(lines[lines.length - 1]), sheet, sheet_sha256: sha(canonical(sheet)), ended_utc: new Date(startedMs + t + 1000).toISOString() };
  footer.seal = sha(canonical(footer));
  lines.push(canonical(footer));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, attempt + '.jsonl'), lines.join('\n') + '\n');
  return attempt;
}
