// The line's sensor fault as an expert mends it, by key and mouse: everything can be reached, pointed at and done in the window.
import { Failed, inWindow, sleep } from './driver.mjs';

const PANEL = [1.5, 0.85], OPERATOR = [1.95, 0.75], AIR = [1.0, 0.25], STATION = [0.35, 0.0], BOX = [0.7, 0.2], CABINET = [-1.25, 0.05], SWITCH = [-1.05, 0.1];
const BENCH = [1.85, 1.45], BOARD = [-3.25, 1.2], INFEED = [-0.8, 0.1];

await inWindow('line-expert', 9, 'the line can be searched, locked out, mended and proved in the window', async (d, expect, home) => {
  const started = Date.now();
  const note = (what) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${what}  [${d.look()?.step} ${(d.look()?.total_mp ?? 0) / 1000}]`);
  let at = null;
  const go = async (place) => {
    if (at !== place) await d.walk(place[0], place[1], 0.2);
    at = place;
  };
  // A thing with a hole in its middle is pointed at a little below or beside it.
  const OFF = [[0, 0, 0], [0, -0.02, 0], [0, 0.02, 0], [0, 0, 0.05], [0, 0, -0.05], [0.05, 0, 0], [-0.05, 0, 0], [0, -0.1, 0], [0, 0.1, 0], [0, -0.15, 0], [0, 0.15, 0],
    [0, -0.2, 0], [0, 0.2, 0], [0.2, 0, 0], [-0.2, 0, 0], [0.24, 0, 0], [-0.24, 0, 0]];
  const act = async (place, target, want) => {
    await go(place);
    const point = d.look().things[target] ?? d.look().sockets[target];
    expect(point, `${target} is not to be seen`);
    for (const off of OFF) {
      await d.face(point.map((v, i) => v + off[i]), 0.003);
      const now = await d.fresh(2);
      const index = now.choices.findIndex((c) => c.startsWith(want));
      if (index < 0) continue;
      if (now.chosen !== index) { await d.key(String(index + 1)); await d.fresh(2); }
      d.press('mousedown 1');
      await sleep(200);
      d.press('mouseup 1');
      await d.until(() => d.look().events > now.events, 15000, `"${want}" on ${target} to have happened`);
      await d.fresh(2);
      return;
    }
    const s = d.look();
    throw new Failed(`looking at ${target}, "${want}" is not offered: hovered "${s.hovered}", socket "${s.socket}", choices ${JSON.stringify(s.choices)}`);
  };
  const read = (place, target) => act(place, target, `read ${target}`);
  const take = async (place, item) => { await act(place, item, `take ${item}`); expect(d.look().held === item, `${item} is not in the hand`); };
  const lay = async (place, socket, want = 'put ') => { await act(place, socket, want); expect(d.look().held === '', `still holding ${d.look().held}`); };
  const say = (answer) => act(OPERATOR, 'operator', `say operator ${answer}`);
  // What the thing in the hand offers, looking at nothing.
  const inHand = async (want) => {
    const [x, , z] = d.look().eye;
    await d.face([x + 1.2, 2.6, z + 2.5], 0.05);
    const now = await d.until(() => d.look().hovered === '' && d.look().socket === '' && d.look(), 10000, 'a view of nothing');
    const index = now.choices.findIndex((c) => c.startsWith(want));
    expect(index >= 0, `"${want}" is not offered with ${now.held} in the hand: ${JSON.stringify(now.choices)}`);
    const before = now.events;
    await d.key(String(index + 1));
    await d.until(() => d.look().events > before, 15000, want);
  };
  const told = (what) => {
    const line = d.look().messages.find((m) => m.toLowerCase().includes(what));
    expect(line, `nothing was told of the ${what}: ${JSON.stringify(d.look().messages)}`);
    return /(-?[0-9.]+) *V/.exec(line)?.[1] ?? (() => { throw new Failed(`no voltage in "${line}"`); })();
  };
  const probe = (place, red, black) => act(place, red, `probe ${red} ${black}`);
  const sheet = async (writes) => {
    await d.key('Tab');
    await d.page('sheet');
    await sleep(800);
    await writes();
    await d.key('Tab');
    await d.page('work');
  };
  const press = async (x, y) => {
    const before = d.look().events;
    await d.click(x, y);
    await d.until(() => d.look().events > before, 10000, `a mark at ${x}, ${y}`);
  };
  const write = async (y, text) => {
    const before = d.look().events;
    await d.click(660, y);
    await d.type(text);
    await d.key('Return');
    await d.until(() => d.look().events > before, 10000, `${text} to be written`);
  };

  await d.open(['play', 'smart-manufacturing/sensor-fault', '--lang', 'en', '--mode', 'practice', '--trainee', 'expert', '--seed', '11', '--tier', 'low'], { SHIXUN_HOME: home });
  await d.page('work', 180000);
  d.screenshot('start');
  await act(BOARD, 'goggles', 'wear goggles');
  note('goggles');
  await read(PANEL, 'hmi.screen');
  d.screenshot('alarm');
  await sheet(async () => {
    d.screenshot('sheet');
    await press(673, 113);
  });
  note('alarm');
  await read(PANEL, 'hmi.step');
  await say('ask_step');
  d.screenshot('operator');
  await act(PANEL, 'hmi.estop', 'set hmi.estop pressed');
  await act(AIR, 'air_unit.valve', 'set air_unit.valve vented');
  note('still');
  await read(STATION, 'conveyor.station');
  await read(STATION, 'conveyor.lamp');
  d.screenshot('station');
  note('looked');
  await take(BENCH, 'meter');
  await inHand('set meter dcv');
  await probe(BOX, 'junction_box.pin_1', 'junction_box.pin_3');
  const supply = told('supply');
  d.screenshot('supply');
  await sheet(() => write(158, supply));
  await probe(BOX, 'junction_box.pin_4', 'junction_box.pin_3');
  const signal = told('signal');
  await sheet(() => write(204, signal));
  note(`measured: supply ${supply} V, signal ${signal} V`);
  await lay(BENCH, 'bench.meter');
  await read(STATION, 'conveyor.scale');
  d.screenshot('scale');
  await sheet(() => press(676, 249));
  note('named');
  await say('notify');
  await act(PANEL, 'hmi.stop', 'press hmi.stop');
  await act(SWITCH, 'cabinet.main', 'set cabinet.main off');
  await take(BOARD, 'padlock_1');
  await act(SWITCH, 'cabinet.main', 'lock padlock_1');
  await take(BOARD, 'tag_1');
  await sheet(() => press(684, 430));
  await lay(SWITCH, 'cabinet.main_tag');
  d.screenshot('locked');
  note('locked');
  await take(BOARD, 'padlock_2');
  await act(AIR, 'air_unit.valve', 'lock padlock_2');
  await take(BOARD, 'tag_2');
  await lay(AIR, 'air_unit.tag');
  await read(AIR, 'air_unit.gauge');
  d.screenshot('air');
  await act(PANEL, 'hmi.start', 'press hmi.start');
  await read(PANEL, 'hmi.screen');
  note('released');
  await take(BENCH, 'meter');
  await inHand('set meter acv');
  await probe(CABINET, 'cabinet.ref_l', 'cabinet.ref_n');
  d.screenshot('known');
  for (const [red, black] of [['t1', 't2'], ['t2', 't3'], ['t3', 't1'], ['t1', 'pe'], ['t2', 'pe'], ['t3', 'pe']]) await probe(CABINET, `cabinet.${red}`, `cabinet.${black}`);
  d.screenshot('dead');
  await probe(CABINET, 'cabinet.ref_l', 'cabinet.ref_n');
  await lay(BENCH, 'bench.meter');
  note('proved dead');
  await act(STATION, 'conveyor.guard', 'set conveyor.guard open');
  await take(BOARD, 'prop');
  await lay(STATION, 'conveyor.prop_seat', 'place ');
  await take(STATION, 'pallet');
  await lay(INFEED, 'conveyor.infeed', 'place ');
  for (let i = 0; i < 12; ++i) {
    await go(STATION);
    await d.choose('conveyor.b1_gap', 'set conveyor.b1_gap');
    const index = d.look().choices.lastIndexOf('set conveyor.b1_gap');
    if (d.look().chosen !== index) { await d.key(String(index + 1)); await d.fresh(2); }
    const before = d.look().events;
    d.press('mousedown 1');
    await sleep(200);
    d.press('mouseup 1');
    await d.until(() => d.look().events > before, 15000, 'the gap to be set');
  }
  await read(STATION, 'conveyor.scale');
  d.screenshot('gap');
  note('mended');
  await take(STATION, 'prop');
  await lay(BOARD, 'lockout_board.prop');
  await act(STATION, 'conveyor.guard', 'set conveyor.guard closed');
  await say('report');
  await act(AIR, 'padlock_2', 'unlock padlock_2');
  await lay(BOARD, 'lockout_board.padlock_2');
  await take(AIR, 'tag_2');
  await lay(BOARD, 'lockout_board.tag_2');
  await act(SWITCH, 'padlock_1', 'unlock padlock_1');
  await lay(BOARD, 'lockout_board.padlock_1');
  await take(SWITCH, 'tag_1');
  await lay(BOARD, 'lockout_board.tag_1');
  await act(SWITCH, 'cabinet.main', 'set cabinet.main on');
  note('restored');
  await act(AIR, 'air_unit.valve', 'set air_unit.valve open');
  await act(PANEL, 'hmi.estop', 'set hmi.estop released');
  await sleep(15000);
  await act(PANEL, 'hmi.reset', 'press hmi.reset');
  await act(PANEL, 'hmi.start', 'press hmi.start');
  await sleep(20000);
  d.screenshot('runs');
  await sleep(60000);
  await read(BENCH, 'bench.sheet');
  d.screenshot('five');
  note('ran');
  await sheet(() => press(651, 521));
  await d.key('F10');
  await d.page('pause');
  await sleep(800);
  await d.click(640, 343);
  const result = await d.page('result', 60000);
  await sleep(1500);
  d.screenshot('result');
  note(JSON.stringify(result));
  expect(result.pass && result.total_mp >= 95000 && result.codes.length === 0, `an expert's marks: ${JSON.stringify(result)}`);
});
