// Each exercise played by hand in guided mode by a trainee who has the screen and nothing else (trainee.mjs).
//   guided.sh BIN [EXERCISE LANG[:SEED]]...   default: each exercise once, both languages among them. Pictures: build/e2e/guided-EXERCISE-LANG[-SEED]/
// What stands here is the judgement the exercises ask for, made of what the trainee has read: which words mean what, in both languages.
import { inWindow, sleep } from './driver.mjs';
import { Trainee } from './trainee.mjs';

const figure = (text, unit) => Number(new RegExp(`(-?[0-9.]+) ?${unit}`).exec(text ?? '')?.[1]);
const named = (t, pattern) => Object.keys(t.s.names).filter((id) => pattern.test(t.s.names[id]));

const wheel_change = {
  ref: 'auto-repair/wheel-change',
  seed: 7,
  number(t, field, unit) {
    if (unit === 'mm') return Math.min(...t.all(/[0-9.]+ mm$/).map((text) => figure(text, 'mm')));
    if (unit === 'kPa') return figure(t.last(/: ?[0-9]+ kPa$|：[0-9]+ kPa$/), 'kPa');
    return /[0-9]{4}$/.exec(t.last(/[:：] ?[0-9]{4}$/) ?? '')?.[0];
  },
  pick(t, field, labels) {
    const [, low, high] = /(\d+)-(\d+) kPa/.exec(t.words()) ?? [], found = this.number(t, field, 'kPa');
    return labels.findIndex((label) => (found >= Number(low) && found <= Number(high) ? /as it is|直接/ : /after setting|调整/).test(label));
  },
  choose(t, menu) {
    const at = (pattern) => menu.findIndex((label) => pattern.test(label));
    if (at(/^Inflate|^充气/) < 0) return -1;
    const found = figure(t.last(/[:：] ?[0-9]+ kPa$/, true), 'kPa'), want = figure(t.words(), 'kPa');
    return Number.isNaN(found) || Math.abs(found - want) <= 8 ? at(/^Measure|^测量/) : at(found < want ? /^Inflate|^充气/ : /^Let air|^放气/);
  },
};

const on = (id) => (s) => s.hovered === id && s.menu.length > 0 && !s.locked;
// Goes to a thing and does with it what the menu calls so.
async function act(t, id, what) {
  await t.reach(id, () => t.s.things[id], on(id));
  const index = t.s.menu.findIndex((label) => what.test(label));
  if (index < 0) t.fail(`${t.s.names[id]}: ${what} is not to be chosen`);
  await t.use(index);
}
// Reads what is called so, as often as it takes to be told something.
async function read(t, id, told) {
  for (let i = 0; i < 5; ++i) {
    await act(t, id, /^Read|^查看/);
    const text = t.last(told, true);
    if (text) return text;
  }
  return t.fail(`nothing was told of ${t.s.names[id]}`);
}
// The thing of this name, of several the one nearest to a place.
function find(t, name, near) {
  const far = (id) => (near ? Math.hypot(...near.map((v, i) => v - t.s.things[id][i])) : 0);
  const [id] = named(t, name).filter((one) => t.s.things[one]).sort((a, b) => far(a) - far(b));
  return id ?? t.fail(`${name} is not to be seen`);
}
async function takeAway(t, id) {
  await act(t, id, /^Take|^拿起/);
  await t.lookAway();
  await t.inHand('', t.s.menu.findIndex((label) => /^Put back|^放回/.test(label)));
}
// Takes a thing and fits it at the free place nearest to where the old one was.
async function fit(t, id, place) {
  await act(t, id, /^Take|^拿起/);
  const far = ([, at]) => Math.hypot(...place.map((v, i) => v - at[i])), [socket] = Object.entries(t.s.sockets).sort((a, b) => far(a) - far(b))[0] ?? t.fail('there is no place for it');
  await t.reach(socket, () => t.s.sockets[socket], (s) => s.socket === socket && s.menu.length > 0);
  await t.use(t.s.menu.findIndex((label) => /^Fit it here|^装到这里/.test(label)));
}
async function volts(t, name, told) {
  for (let i = 0; i < 3; ++i) {
    await act(t, find(t, name), /^Red lead here, black on the power supply 0 V|^红表笔接这里，黑表笔接开关电源 0 V/);
    const value = Number(/(-?[0-9.]+) ?V$/.exec(t.last(told, true) ?? '')?.[1] ?? NaN);  // the last of its numbers
    if (!Number.isNaN(value)) return value;
  }
  return t.fail(`nothing was measured at ${name}`);
}

// The faults of the line: what the form calls them and their remedy.
const faults = {
  gap: { name: /gap too wide|间隙过大/, mended: /gap set|调整间隙/ },
  wire: { name: /wire broken|信号线断/, mended: /cable changed|更换电缆/ },
  dead: { name: /sensor dead|传感器损坏/, mended: /sensor changed|更换传感器/ },
  npn: { name: /NPN type|误装 NPN/, mended: /PNP type|改装 PNP/ },
  fuse: { name: /fuse F2 blown|F2 熔断/, mended: /fuse link changed|更换熔芯/ },
  chip: { name: /chip on the face|有铁屑/, mended: /chip removed|清除铁屑/ },
  tag: { name: /wrong bit|变量地址错/, mended: /tag address set|改正变量地址/ },
};

const sensor_fault = {
  ref: 'smart-manufacturing/sensor-fault',
  seed: 11,
  number(t, field) {
    const pins = /[134]-[134]/.exec(field)?.[0];
    return figure(t.last(new RegExp(`${pins}.*[0-9] ?V`)), 'V');
  },
  pick(t, field, labels) {
    if (/^Fault found|^故障结论/.test(field)) return labels.findIndex((label) => faults[t.fault.is].name.test(label));
    if (/^What was done|^修复措施/.test(field)) return labels.findIndex((label) => faults[t.fault.is].mended.test(label));
    return -1;
  },
  // One more check, which one depends on what was found so far: the hint's table.
  async decide(t) {
    const supply = figure(t.last(/1-3.*V/), 'V'), signal = figure(t.last(/4-3.*V/), 'V');
    const lit = !/is off|不亮/.test(t.last(/LED of B1|黄灯/)), pallet = !/No pallet|没有托盘/.test(t.last(/pallet (at|stands)|托盘停在|没有托盘/i));
    t.log(`  supply ${supply} V, LED ${lit ? 'on' : 'off'}, signal ${signal} V, ${pallet ? 'a' : 'no'} pallet`);
    if (supply < 10) {
      const after = await volts(t, /^fuse F2, outgoing|^熔断器 F2 出线端/, /F2.*[0-9] ?V$/);
      if (after > 10) t.fail(`${after} V after F2, ${supply} V at the box: this trainee knows no such fault`);
      return { is: 'fuse' };
    }
    if (lit && !pallet) {
      const face = await read(t, find(t, /^sensing face|感应面$/), /sensing face|感应面/);
      return /chip|铁屑/.test(face) ? { is: 'chip' } : t.fail(`LED on, no pallet, and "${face}"`);
    }
    if (!lit) {
      const gap = figure(await read(t, find(t, /^gap scale|间隙刻度/), /[0-9.]+ mm$/), 'mm');
      return { is: gap > 8 ? 'gap' : 'dead', gap };
    }
    if (signal < 10) {
      const print = await read(t, find(t, /^print on|外壳上的型号/, t.s.things[find(t, /^gap scale|间隙刻度/)]), /M18/);
      return /NPN/.test(print) ? { is: 'npn' } : t.fail(`no signal from "${print}"`);
    }
    if ((await volts(t, /^terminal X1:4|^端子 X1:4/, /X1:4.*[0-9] ?V$/)) < 10) return { is: 'wire' };
    await read(t, find(t, /^LED of PLC input|^PLC 输入 I0.3 的指示灯/), /LED of I0\.3 is|I0\.3 的绿灯/);
    const tag = await read(t, find(t, /^tag table|变量表$/), /Tag B1|变量 B1/);
    return /I0\.4/.test(tag) ? { is: 'tag' } : t.fail(`the signal arrives, and "${tag}"`);
  },
  async setGap(t) {
    const want = figure(t.words(), 'mm'), nut = find(t, /^position of sensor|安装位置/);
    let now = t.fault.gap, notch;
    for (let i = 0; i < 40 && now > want + 0.01; ++i) {
      const presses = i === 0 ? 1 : Math.round((now - want) / notch);
      for (let n = 0; n < presses; ++n) await act(t, nut, /^Turn down|^调低/);  // it moves
      t.notes = t.notes.filter((note) => !/[0-9.]+ mm$/.test(note.text));
      const before = now;
      await sleep(7200);  // until the last reading is off the screen
      t.notes = t.notes.filter((note) => !/[0-9.]+ mm$/.test(note.text));
      now = figure(await read(t, find(t, /^gap scale|间隙刻度/), /[0-9.]+ mm$/), 'mm');
      if (i === 0) notch = before - now;
      t.log(`  the gap is ${now} mm`);
    }
  },
  // Once the guard is open and the stop blocked.
  async mend(t) {
    const { is } = t.fault, place = (id) => [...t.s.things[id]];
    if (is !== 'chip') await takeAway(t, find(t, /^pallet$|^托盘$/));
    if (is === 'gap') await this.setGap(t);
    if (is === 'chip') await takeAway(t, find(t, /^metal chip$|^铁屑$/));
    if (is === 'wire' || is === 'fuse') {
      const [from, by] = is === 'wire' ? [/^sensor cable$|^传感器电缆$/, /^new sensor cable$|^新传感器电缆$/] : [/^link in fuse F2$|^熔断器 F2 的熔芯$/, /^new 1 A fuse link$|^1 A 新熔芯$/];
      const old = find(t, from), at = place(old);
      await takeAway(t, old);
      await fit(t, find(t, by), at);
    }
    if (is === 'dead' || is === 'npn') {
      const plug = find(t, /^M12 plug of B1$|^B1 的 M12 插头$/), old = find(t, is === 'npn' ? /^NPN prox|^NPN 接近/ : /^PNP prox|^PNP 接近/, t.s.things[find(t, /^gap scale|间隙刻度/)]), at = place(old);
      await act(t, plug, /^Unplug|^拔下/);
      await takeAway(t, old);
      await fit(t, find(t, /^new PNP|^全新 PNP/), at);
      await act(t, plug, /^Plug in|^插上/);
    }
  },
  async step(t) {
    const words = t.words();
    if (/X1:4/.test(words) && !t.fault) {
      t.fault = await this.decide(t);
      t.log(`  the fault: ${t.fault.is}`);
      return true;
    }
    if (/4 mm/.test(words) && !t.mended && /^stop station$|^挡停工位$/.test(t.s.ring?.name ?? '')) {
      t.mended = true;
      await this.mend(t);
      return true;
    }
    if (/on the laptop first|先在电脑上/.test(words) && t.fault.is === 'tag' && !t.corrected) {
      t.corrected = true;
      await act(t, find(t, /^B1: swap address|^改 B1 的地址/), /./);
      return true;
    }
    if (t.tried.times > 1) await sleep(Math.min(4000, 600 * t.tried.times));  // it takes time: air, cycles
    return false;
  },
};

const check_in = {
  ref: 'tourism-service/check-in',
  seed: 2,
  // What was read and heard of the guest who is served.
  of(t, pattern) { return t.notes.slice(t.since ?? 0).filter((n) => pattern.test(n.text)).at(-1)?.text ?? ''; },
  nights(t) {
    const there = /(\d) nights?|住 ?(\d) ?晚/.exec(this.booking(t)), said = /(one|two|three) nights?|住([一两三])晚/.exec(this.of(t, /(one|two|three) nights|住[一两三]晚/));
    return there ? Number(there[1] ?? there[2]) : { one: 1, two: 2, three: 3, 一: 1, 两: 2, 三: 3 }[said?.[1] ?? said?.[2]];
  },
  booking(t) { return this.of(t, /[|｜].*(428|468)/); },
  minor(t) { return this.of(t, /a minor|未成年/) !== ''; },
  guardian(t) { return /138 0000 \d{4}/.exec(this.of(t, /138 0000 \d{4}/))?.[0]; },
  number(t) { return this.nights(t); },
  pick(t, field, labels) {
    const at = (test) => labels.findIndex(test), minor = this.minor(t);
    if (/departure|离店/.test(field)) return at((label) => label.includes(String(22 + this.nights(t))));
    if (/rate|房价/.test(field)) return at((label) => this.booking(t).split(/ ?[|｜] ?/).includes(label));
    if (/room number|房号/.test(field)) return at((label) => label === t.room);
    if (/who stays|同住/.test(field)) return at((label) => (minor ? /uncle|舅舅/ : /^Alone|一人/).test(label) && (!minor || /uncle|舅舅/.test(this.of(t, /uncle|舅舅/))));
    if (/guardian|监护人/.test(field)) return at((label) => (minor ? label.includes(this.guardian(t)) : /not needed|不需要/.test(label)));
    return -1;
  },
  unfit(t, label) {
    const pay = this.pay(t), ask = this.minor(t) && !this.guardian(t);
    return /aloud|大声/.test(label) || (/under 18|未满 18/.test(label) && !ask) || (/not (of you|your photo)|nothing like|不符|不像/.test(label) && !t.stranger)
      || (/in order|核对好了/.test(label) && (ask || t.stranger))
      || (/gone through|已经成功|预授权成功/.test(label) && pay !== 'approved') || (/not approved|未通过/.test(label) && pay !== 'declined');
  },
  pay(t) { const text = this.of(t, /Declined|Pre-authorised|拒|未通过|预授权成功|已预授权|换卡|取签购单/); return !text ? '' : /Declined|拒|未通过|换/.test(text) ? 'declined' : 'approved'; },
  choose(t, menu) {
    const at = (pattern) => menu.findIndex((label) => pattern.test(label));
    if (at(/^(Enter|输入) \d+/) >= 0) {
      const sum = String(600 * this.nights(t));
      if (t.entered === t.since) return at(/^Clear|^清零/);
      t.entered = t.since;
      return at(new RegExp(`(Enter|输入) ${sum}\\b`));
    }
    if (at(/^(Assign|排) \d{4}/) >= 0) {
      const type = /\bking\b|大床/i.test(this.booking(t)) ? /\bking\b|大床/i : /\btwin\b|双床/i;
      const wish = /lift|电梯/.test(this.of(t, /^(guest: |客人：).*(lift|quiet|电梯|安静)/)) ? /lift|电梯/ : /quiet|安静/;
      const list = this.of(t, /\d{4} ?(clean|净)/).split(/ ?[|｜] ?/).find((part) => type.test(part) && wish.test(part));
      t.room = /(\d{4}) ?(clean|净)/.exec(list)?.[1];
      t.log(`  of "${list}" room ${t.room}`);
      return at(new RegExp(`${t.room}`));
    }
    return -1;
  },
  // A photo of grey hair, and somebody whose hair is dark: looks at the guest, at the temples.
  async compare(t) {
    const guest = Object.keys(t.s.names).find((id) => /^guest$|^客人$/.test(t.s.names[id]) && Math.abs(t.s.things[id]?.[0] ?? 9) < 0.3 && t.s.things[id][2] > -1);
    if (!guest) t.fail('nobody stands at the desk');
    let darkest = 255;
    const [x, , z] = t.s.things[guest];
    for (const aside of [-0.085, -0.075, 0.075, 0.085]) {
      await t.d.face([x + aside, 1.67, z], 0.004);
      await t.d.fresh(3);
      darkest = Math.min(darkest, t.d.brightness(2, 8));
    }
    t.d.screenshot('face');
    t.stranger = darkest < 70;
    t.log(`  the photo shows grey hair; the guest's is ${t.stranger ? 'dark: somebody else' : 'grey too'} (${Math.round(darkest)})`);
  },
  async step(t) {
    const guest = /First guest|第一位/.test(t.words()) ? 'a' : 'b';
    if (t.guest !== guest) { t.guest = guest; t.since = t.notes.length; }
    if (t.stranger === undefined && this.of(t, /grey hair|头发花白/)) await this.compare(t);
    if (t.stranger && this.of(t, /my brother's|我哥的/)) t.stranger = false;
    if (t.tried.times > 1) await sleep(Math.min(3000, 500 * t.tried.times));  // the next guest walks up
    return false;
  },
};

const exercises = { 'wheel-change': wheel_change, 'sensor-fault': sensor_fault, 'check-in': check_in };
const [name, where] = process.argv.slice(3), [lang, seed] = where.split(':');
const sense = exercises[name];
await inWindow(`guided-${name}-${where.replace(':', '-')}`, `${name} can be done by what the screen says in ${lang}`, async (d, expect, home) => {
  const started = Date.now(), log = (what) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${what}`);
  await d.open(['play', sense.ref, '--lang', lang, '--mode', 'guided', '--trainee', 'guided', '--seed', String(seed ?? sense.seed), '--tier', 'low'], { SHIXUN_HOME: home }, process.env.SHIXUN_E2E_SIZE ?? '800x450');
  await d.page('work', 240000);
  log('the exercise has begun');
  d.screenshot('begin');
  const t = new Trainee(d, sense, log);
  const result = await t.work(1500000);
  await d.fresh(4);
  d.screenshot('result');
  log(`${result.total_mp / 1000} marks`);
  expect(result.pass && result.total_mp >= 90000, `the result: ${JSON.stringify({ ...result, drawn: undefined })}`);
});
