// A trainee in guided mode. Knows how the program is used (walk, look, choose, hold) and reads; knows no exercise: what to do next it takes from
// the screen, i.e. the step's words, the ring and what stands below it, the menu at the thing, the form's fields, displays it faces.
// Where the screen leaves a judgement to the trainee, `sense` (guided.mjs) judges by what was read.
import { Failed, sleep } from './driver.mjs';

const STOP = new Set(['the', 'a', 'an', 'of', 'it', 'its', 'to', 'in', 'hold', '按住', '按', '住']);

// Words and numbers; of Chinese, neighbouring characters.
export function tokens(text) {
  const words = text.toLowerCase().match(/[a-z]+[0-9:.]*[0-9]+[a-z0-9]*|[a-z]+|[0-9]+[a-z][a-z0-9]*|[0-9]+(?:\.[0-9]+)?/g) ?? [];
  for (const run of text.match(/[\u4e00-\u9fff]+/g) ?? []) {
    if (run.length === 1) words.push(run);
    for (let i = 0; i + 1 < run.length; ++i) words.push(run.slice(i, i + 2));
  }
  return [...new Set(words.filter((w) => !STOP.has(w)))];
}
const share = (label, text) => {
  const of = tokens(label), within = new Set(tokens(text));
  return of.length ? of.filter((t) => within.has(t)).length / of.length : 0;
};
const isSpeech = (label) => /[.?!。？！]["”）)]?$/.test(label);
const isTakenBack = (text) => /^Taken back|^已退回/.test(text);
const isEffort = (label) => /\(hold\)|（按住）/.test(label);
const numbers = (text, unit) => [...text.matchAll(new RegExp(`([0-9]+(?:\\.[0-9]+)?)(?:-([0-9]+(?:\\.[0-9]+)?))? ?(?:${unit})`, 'g'))].map((m) => [Number(m[1]), Number(m[2] ?? m[1])]);

export class Trainee {
  constructor(d, sense, log) {
    this.d = d;
    this.sense = sense;
    this.log = log;
    this.notes = [];      // what was told and read, oldest first: {text, step}
    this.heard = [];      // the messages on the screen a moment ago
    this.faces = {};      // what each display showed when it was last seen
    this.stood = {};      // where a thing was within reach, for the next time
    this.tried = { what: '', times: 0 };
    this.done = {};       // settings made, by step
    this.said = '';       // what was chosen last
    this.wrong = new Set();  // what was taken back
  }

  // ---- reading
  get s() { return this.d.look(); }
  goal() { return this.d.drawn('goal', 'text').map((one) => one.text); }
  step() { return this.goal()[2] ?? ''; }             // "Step 3 of 18"
  words() { return this.goal().slice(3).filter((text) => !isTakenBack(text)).join(' '); }  // its title, its hint
  // The key the goal panel shows, and what it is for.
  prompt() {
    const texts = this.goal(), i = texts.findIndex((t) => ['Tab', 'T', 'F10'].includes(t));
    return i < 0 ? null : { key: texts[i], what: texts[i + 1] };
  }
  listen() {
    const step = this.step(), messages = this.s.messages ?? [], faces = Object.entries(this.s.faces ?? {});
    for (const text of messages) {
      if (this.heard.includes(text)) continue;
      this.notes.push({ text, step });
      if (!isTakenBack(text)) continue;
      this.log(`  ${text}`);
      this.wrong.add(this.said);
    }
    for (const [id, text] of faces) if (this.faces[id] !== text) this.notes.push({ text, step });
    this.heard = messages;
    Object.assign(this.faces, Object.fromEntries(faces));
  }
  last(pattern, here = false) { return this.notes.filter((n) => pattern.test(n.text) && (!here || n.step === this.step())).at(-1)?.text; }
  all(pattern) { return this.notes.filter((n) => pattern.test(n.text)).map((n) => n.text); }
  // A number on the gauge of a running effort.
  gauge(unit) {
    const texts = this.d.drawn('', 'text').map((one) => one.text), i = texts.indexOf(unit);
    return i > 0 ? parseFloat(texts[i - 1]) : NaN;
  }
  told(pattern) { return this.d.drawn('', 'text').some((one) => pattern.test(one.text)); }
  fail(what) {
    this.d.screenshot('stuck');
    const s = this.s;
    throw new Failed(`${what}; step: ${this.goal().join(' | ')}; ring ${JSON.stringify(s.ring)}; at ${s.eye} sees "${s.hovered}" "${s.socket}", menu ${JSON.stringify(s.menu)}, holds "${s.held}", messages ${JSON.stringify(s.messages)}`);
  }

  // ---- moving
  async crouch(on) {
    const low = () => this.s.eye[1] < 1.1;
    if (low() === on) return;
    await this.d.key('c');
    await this.d.until(() => Math.abs(this.s.eye[1] - (on ? 0.72 : 1.62)) < 0.02, 15000, 'the head to be where it should');
  }
  distance(p) { return Math.hypot(p[0] - this.s.eye[0], p[2] - this.s.eye[2]); }

  // Looks at a point and about it until what is meant shows.
  async looked(point, meant, offsets) {
    for (const off of offsets) {
      await this.d.face(point.map((v, i) => v + off[i]), 0.003);
      if (meant(await this.d.fresh(2))) return true;
    }
    return false;
  }
  // Goes where the thing can be reached and looks at it.
  async reach(name, where, meant) {
    const NEAR = [[0, 0, 0]], ABOUT = [[0, 0, 0], [0, -0.03, 0], [0, 0.03, 0], [0.04, 0, 0], [-0.04, 0, 0], [0, 0, 0.04], [0, 0, -0.04], [0, -0.12, 0], [0, 0.12, 0], [0, -0.2, 0], [0.2, 0, 0], [-0.2, 0, 0], [0, 0.2, 0]];
    if (meant(this.s)) return true;
    if (Math.hypot(...where().map((v, i) => v - this.s.eye[i])) < 2.1 && (await this.looked(where(), meant, NEAR))) return true;
    const [x, y, z] = where(), floor = this.s.floor, ways = this.d.ways();
    const places = [];
    for (const r of [0.6, 0.85, 1.15, 1.5])
      for (let k = 0; k < 16; ++k) {
        const px = x + r * Math.sin((k * Math.PI) / 8), pz = z + r * Math.cos((k * Math.PI) / 8);
        if (px < floor.lower[0] || pz < floor.lower[1] || px > floor.upper[0] || pz > floor.upper[1]) continue;
        if (floor.obstacles.some(([x0, z0, x1, z1]) => px > x0 - 0.26 && px < x1 + 0.26 && pz > z0 - 0.26 && pz < z1 + 0.26)) continue;
        const way = ways.length(px, pz);
        if (way < 100) places.push({ at: [px, pz], low: y < 0.6, cost: way + Math.abs(r - 0.85) * 2 });
      }
    if (!places.length) {  // somebody on the way here, say
      await this.d.face(where(), 0.05);
      await sleep(500);
      return false;
    }
    places.sort((a, b) => a.cost - b.cost);
    const spread = [];  // not the same place again and again
    for (const p of places) if (!spread.some((q) => Math.hypot(q.at[0] - p.at[0], q.at[1] - p.at[1]) < 0.35)) spread.push(p);
    const known = Object.values(this.stood).filter((p) => Math.hypot(...p.of.map((v, i) => v - where()[i])) < 0.6);
    known.sort((a, b) => Math.hypot(...a.of.map((v, i) => v - where()[i])) - Math.hypot(...b.of.map((v, i) => v - where()[i])));
    const tries = [...known.slice(0, 2), ...spread.slice(0, 9), ...spread.slice(0, 3).map((p) => ({ ...p, low: !p.low }))];
    for (const [i, p] of tries.entries()) {
      if (this.distance([p.at[0], 0, p.at[1]]) > 0.3) {
        if (this.distance([p.at[0], 0, p.at[1]]) > 0.7) await this.crouch(false);
        await this.d.go(...p.at);
      }
      await this.crouch(p.low);
      if (await this.looked(where(), meant, i < 3 ? NEAR.concat(ABOUT.slice(1, 5)) : ABOUT)) {
        this.stood[name] = { ...p, of: where() };
        if (i > 1) this.log(`  (found a place for ${name} at the ${i + 1}th try: ${p.at.map((v) => v.toFixed(2))} ${p.low ? 'low' : ''})`);
        return true;
      }
    }
    this.fail(`${name} is nowhere within reach`);
  }

  // ---- acting
  // Which line of a menu the screen's words ask for.
  choose(menu, name = '') {
    const own = this.sense.choose?.(this, menu);
    if (own !== undefined && own >= 0) return own;
    const exact = menu.indexOf(name);
    if (exact >= 0) return exact;
    const speech = menu.map((label, i) => [label, i]).filter(([label]) => isSpeech(label));
    if (speech.length) {  // the fullest answer that fits
      const fit = speech.filter(([label]) => !this.wrong.has(label) && !this.sense.unfit?.(this, label));
      return (fit.length ? fit : speech).sort((a, b) => b[0].length - a[0].length)[0][1];
    }
    const words = this.words(), quoted = [...words.matchAll(/["“]([^"”]+)["”]/g)].map((m) => m[1]);
    const score = menu.map((label) => 3 * share(name, label) + share(label, words) + (quoted.some((q) => label.startsWith(q)) ? 2 : 0) - (this.spent === `${name} ${label}` ? 9 : 0));
    return score.indexOf(Math.max(...score));
  }
  async happened(before, what, limit = 15000) {
    await this.d.until(() => this.s.events > before, limit, what);
    await this.d.fresh(2);
    this.listen();
  }
  // The line at the thing one looks at: chosen, then pressed or held.
  async use(index, name = '') {
    const label = this.s.menu[index], before = this.s.events;
    if (label === undefined) return;  // what was looked at has moved on
    if (this.s.chosen !== index) {
      await this.d.key(String(index + 1));
      await this.d.until(() => this.s.chosen === index || this.s.events > before, 5000, `"${label}" to be chosen`);
    }
    const things = JSON.stringify(this.s.things[this.s.hovered]);
    await this.d.fresh(2);
    if (this.s.menu[index] !== label || JSON.stringify(this.s.things[this.s.hovered]) !== things) return;  // it is still on its way, out of somebody's hand
    if (isEffort(label)) return this.effort(label, name);
    this.spent = '';
    await this.d.tap();
    const end = Date.now() + 4000;
    while (this.s.events === before && Date.now() < end) await this.d.fresh(1);
    if (this.s.events === before) {  // it cannot be done: the screen says why, and something else is tried
      this.log(`  "${label}": ${JSON.stringify(this.s.messages)}`);
      this.spent = `${name} ${label}`;
    } else {
      this.said = label;
    }
    await this.d.fresh(2);
    if (this.s.messages.some((text) => /^Critical error|^严重错误/.test(text))) {
      this.listen();
      await this.d.until(() => this.s.messages.some(isTakenBack), 10000, 'the error to be taken back');
    }
    this.listen();
  }
  async effort(label, name) {
    const { d } = this, is = (...words) => words.some((w) => label.includes(w));
    const words = this.words(), before = this.s.events;
    d.press('mousedown 1');
    try {
      await d.until(() => this.s.stroking || this.s.events > before, 10000, `"${label}" to begin`);
      const first = this.gauge('N·m');
      const enough = is('Raise', '升高') ? () => this.told(/^↑ (2[5-9]|[34]\d)/)                                   // "2-5 cm": in the middle
        : is('Lower', '降低') ? () => this.gauge('mm') === 0
        : is('Inflate', '充气') ? () => this.gauge('kPa') >= numbers(words, 'kPa')[0][0] - 4
        : is('Let air', '放气') ? () => this.gauge('kPa') <= numbers(words, 'kPa')[0][0] + 4
        : is('Loosen', '拧松') ? () => first > 0 && this.gauge('N·m') === 0
        : d.drawn('in hand').some((one) => one.text === 'N·m') ? () => this.s.clicked                                // the wrench clicks
        : this.s.held ? () => this.gauge('N·m') >= numbers(words, 'N·m')[0][0] - 6
        : () => this.gauge('N·m') > 0;
      await d.until(() => enough() || !this.s.stroking, 60000, `"${label}" to be enough`);
      if (!this.s.stroking) this.spent = `${name} ${label}`;  // it goes no further: something else comes next
    } finally {
      d.press('mouseup 1');
    }
    await d.until(() => !this.s.stroking, 10000, 'the effort to end');
    await d.fresh(2);
    if (this.s.events === before) this.spent = `${name} ${label}`;  // nothing came of it
    this.listen();
  }
  // What the thing in the hand offers, looking at nothing.
  async inHand(name, index) {
    const { d } = this, idle = () => this.s.hovered === '' && this.s.socket === '';
    for (const pitch of [0.9, 1.3, 0.5]) {
      for (let k = 0; k < 4 && !idle(); ++k) {
        const yaw = this.s.yaw + k * 1.6, [x, y, z] = this.s.eye;
        await d.face([x - 3 * Math.sin(yaw), y + 3 * Math.tan(pitch), z - 3 * Math.cos(yaw)], 0.03);
        await d.fresh(2);
      }
      if (idle()) break;
    }
    if (!idle()) this.fail('there is no view of nothing');
    const i = index ?? this.choose(this.s.menu, name), before = this.s.events;
    if (i < 0 || !this.s.menu.length) this.fail(`nothing to do with what is in the hand for "${name}"`);
    this.log(`  in hand: ${this.s.menu[i]}`);
    await d.key(String(i + 1));
    await this.happened(before, this.s.menu[i]);
  }
  // Sets a tool with the wheel; the words say to how much, in their order.
  async set(unit) {
    const key = this.step(), shown = () => { const t = this.d.drawn('in hand').map((one) => one.text); return parseFloat(t[t.indexOf(unit) - 1]); };
    this.done[key] ??= [];
    const want = numbers(this.words(), unit).map(([n]) => n).find((n) => !this.done[key].includes(n));
    if (!want) this.fail(`the words say no number of ${unit}`);
    this.log(`  setting ${want} ${unit}`);
    await this.lookAway();
    for (let i = 0; i < 12 && shown() !== want; ++i) {
      const gap = want - shown(), coarse = Math.trunc(gap / 10), fine = gap - coarse * 10;
      if (coarse) this.d.press('keydown Shift_L');
      for (let n = 0; n < Math.abs(coarse); ++n) { this.d.press(`click ${coarse > 0 ? 4 : 5}`); await sleep(70); }
      if (coarse) { await this.d.fresh(3); this.d.press('keyup Shift_L'); await this.d.fresh(2); }
      for (let n = 0; n < Math.abs(fine); ++n) { this.d.press(`click ${fine > 0 ? 4 : 5}`); await sleep(70); }
      await this.d.fresh(4);
    }
    await this.d.until(() => this.s.setting_dnm === want * 10, 10000, `the tool to be set to ${want}`);
    this.done[key].push(want);
  }
  async lookAway() {
    const [x, y, z] = this.s.eye;
    for (let k = 0; k < 6 && !(this.s.hovered === '' && this.s.socket === ''); ++k) {
      await this.d.face([x - 3 * Math.sin(this.s.yaw + k), y + 4, z - 3 * Math.cos(this.s.yaw + k)], 0.03);
      await this.d.fresh(2);
    }
  }

  // ---- the form
  async write(field) {
    const { d } = this, panel = 'work order';
    this.listen();
    await d.key('Tab');
    await d.page('sheet');
    await d.fresh(3);
    d.press(`mousemove ${d.width / 2} ${Math.round(d.height * 0.5)}`);
    // Its row: from its name to the next one's. Below what is scrolled, the two buttons of the page.
    const row = () => {
      const all = d.drawn(panel), i = all.findIndex((one) => one.kind === 'text' && one.text === field);
      if (i < 0) return null;
      const next = all.findIndex((one, k) => k > i && one.kind === 'text' && Math.abs(one.x - all[i].x) < 3);
      const items = all.slice(i + 1, next < 0 ? all.length - 2 : next), foot = all.at(-1).y;
      return items.length && items.every((one) => one.y + one.h <= foot) && all[i].y > all[0].y ? items : null;
    };
    for (let n = 0; n < 40 && !row(); ++n) {
      d.press(`click ${n < 20 ? 5 : 4}`);
      await d.fresh(2);
    }
    let items = row();
    if (!items) this.fail(`the form has no "${field}"`);
    const before = this.s.events, input = items.find((one) => one.kind === 'input'), buttons = items.filter((one) => one.kind === 'button');
    if (input) {
      const unit = items.find((one) => one.kind === 'text')?.text ?? '';
      const value = this.sense.number(this, field, unit);
      if (value === undefined || Number.isNaN(Number(value))) this.fail(`nothing was read that belongs into "${field}"; notes ${JSON.stringify(this.notes.slice(-12))}`);
      this.log(`  "${field}": ${value} ${unit}`);
      await d.clickAt(input.x + input.w / 2, input.y + input.h / 2);
      await d.type(String(value));
      await d.key('Return');
    } else {
      const labels = buttons.map((one) => one.text), own = this.sense.pick?.(this, field, labels);
      const words = this.words() + ' ' + this.notes.slice(-8).map((n) => n.text).join(' '), score = labels.map((label) => share(label, words));
      const i = own !== undefined && own >= 0 ? own : score.indexOf(Math.max(...score));
      this.log(`  "${field}": ${labels[i]}`);
      await d.clickAt(buttons[i].x + buttons[i].w / 2, buttons[i].y + buttons[i].h / 2);
    }
    await d.until(() => this.s.events > before, 10000, `"${field}" to be written`);
    d.screenshot(`form-${String(before).padStart(3, '0')}`);
    await d.key('Tab');
    await d.page('work');
    await d.fresh(2);
  }
  async say() {
    const { d } = this, words = this.words();
    await d.key('t');
    await d.page('lines');
    await d.fresh(3);
    const lines = d.drawn('lines', 'text').map((one) => one.text).slice(1);
    const score = lines.map((line) => share(line, words));
    this.log(`  says: ${lines[score.indexOf(Math.max(...score))]}`);
    d.screenshot('lines');
    await d.key(String(score.indexOf(Math.max(...score)) + 1));
    await d.page('work');
    await d.fresh(2);
  }
  async handIn() {
    const { d } = this;
    await d.key('F10');
    await d.page('pause');
    await d.fresh(3);
    d.screenshot('hand-in');
    await d.push(/^(Yes, hand in|确定交卷)$/);
    return d.page('result', 60000);
  }

  // One thing after another, as the screen says, until the result shows.
  async work(limit) {
    const end = Date.now() + limit;
    let step = '';
    for (;;) {
      if (Date.now() > end) this.fail('it takes too long');
      const s = await this.d.fresh(1);
      if (s.page !== 'work') this.fail(`the page "${s.page}" shows`);
      this.listen();
      if (this.step() !== step) {
        step = this.step();
        this.log(`${this.goal().slice(2, 5).join(' / ')}  [${s.total_mp / 1000}]`);
        this.d.screenshot(`step-${(step.match(/\d+/)?.[0] ?? '0').padStart(2, '0')}`);
      }
      const what = JSON.stringify([step, s.ring?.thing, s.ring?.socket, s.ring?.name, this.prompt(), s.held]);
      this.tried = this.tried.what === what ? { what, times: this.tried.times + 1 } : { what, times: 0 };
      if (this.tried.times > 40) this.fail('nothing goes on');
      if (await this.sense.step?.(this)) continue;
      const prompt = this.prompt();
      if (prompt?.key === 'Tab') await this.write(prompt.what);
      else if (prompt?.key === 'T') await this.say();
      else if (prompt?.key === 'F10') return this.handIn();
      else if (s.ring) await this.follow(s.ring);
      else this.fail('the screen does not say what to do');
    }
  }

  // Where the ring is.
  async follow(ring) {
    const { d } = this;
    if (ring.in_hand) {
      if (d.drawn('in hand').some((one) => one.text === 'N·m')) return this.set('N·m');
      return this.inHand(ring.name);
    }
    const back = ring.socket && this.s.held;
    if (back && /^(Put back in its place|放回原位)$/.test(ring.name)) {
      await this.lookAway();
      const i = this.s.menu.indexOf(ring.name);
      if (i >= 0) return this.inHand(ring.name, i);
    }
    const of = () => this.s.ring && (this.s.ring.thing || this.s.ring.socket) === (ring.thing || ring.socket);
    const meant = (s) => !of() || (s.menu.length > 0 && !s.locked && (ring.thing ? s.hovered === ring.thing : s.socket === ring.socket));
    const there = await this.reach(ring.thing || ring.socket, () => this.s.ring?.at ?? ring.at, meant);
    if (!there || !of()) return;  // not yet, or it moved on
    const name = ring.name === this.s.names[ring.thing] ? '' : ring.name;
    const i = this.choose(this.s.menu, name);
    if (ring.socket && this.s.held) this.put = ring.socket;  // where something was put last
    this.log(`  ${ring.name || ring.socket}: ${this.s.menu[i]}`);
    await this.use(i, name);
  }
}
