// See bench.sh. Small pictures and counts: what is tested is what is counted, never how long it takes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const bin = process.argv[2];
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-bench-'));
const fail = (what) => {
  console.log(`FAIL: ${what}  (${work})`);
  process.exit(1);
};
const bench = (...args) => {
  const r = spawnSync(path.join(bin, 'shixun'), ['bench', ...args], { encoding: 'utf8', env: { ...process.env, SHIXUN_HOME: work, SHIXUN_VALIDATION: '1' } });
  if (/validation/i.test(r.stderr)) fail('the validation layer spoke: ' + r.stderr);
  return r;
};
const rows = (...args) => {
  const r = bench(...args, '--json');
  if (r.status !== 0) fail(`bench ${args.join(' ')}: exit ${r.status}: ${r.stderr}`);
  return r.stdout.trim().split('\n').map((line) => JSON.parse(line));
};

const small = ['--size', '200x120', '--frames', '6', '--count', '600'];
const by = (list, variant) => list.find((r) => r.variant === variant);
for (const scene of ['field', 'maze', 'workshop', 'wall']) {
  const list = rows(scene, ...small, '--variants', 'gpu,oracle,all,cpu,no-occlusion,no-clusters');
  if (list.length !== 6) fail(`${scene}: ${list.length} rows`);
  const gpu = by(list, 'gpu'), all = by(list, 'all'), oracle = by(list, 'oracle');
  if (!(gpu.drawn >= gpu.visible && gpu.drawn <= all.drawn)) fail(`${scene}: drew ${gpu.drawn}, ${gpu.visible} are visible, there are ${all.drawn}`);
  if (oracle.drawn !== gpu.visible) fail(`${scene}: the oracle drew ${oracle.drawn} of ${gpu.visible} visible`);
  if (scene === 'maze' && !(gpu.triangle_ratio <= 1.5 && gpu.drawn < all.drawn / 4)) fail(`maze: draws too much: ${JSON.stringify(gpu)}`);
  if ((scene === 'maze' || scene === 'workshop') && !(gpu.triangles < by(list, 'no-clusters').triangles)) fail(`${scene}: clusters saved nothing`);
  if (scene === 'wall' && !(gpu.drawn < by(list, 'no-occlusion').drawn)) fail('wall: occlusion saved nothing');
}

// What else is left out costs, too; each against its own history.
const counted = (scene, variant, what) => rows(scene, ...small, '--lod', '1', '--variants', variant)[0][what];
if (!(counted('maze', 'no-frustum', 'drawn') > 2 * counted('maze', 'gpu', 'drawn'))) fail('maze: judging by the frustum saved nothing');
if (!(counted('cad', 'no-lod', 'triangles') > 2 * counted('cad', 'gpu', 'triangles'))) fail('cad: levels of detail saved nothing');

// One view and two, in turn.
for (const scene of ['maze', 'field']) {
  const pictures = path.join(work, `eyes-${scene}`);
  const list = rows(scene, ...small, '--views', '1,2', '--variants', 'gpu,oracle,cpu', '--png', pictures);
  if (list.length !== 6 || list.filter((r) => r.views === 2).length !== 3) fail(`${scene}: not three rows for one view and three for two`);
  const two = list.filter((r) => r.views === 2), gpu = by(two, 'gpu');
  if (!(gpu.drawn >= gpu.visible) || by(two, 'oracle').drawn !== gpu.visible) fail(`${scene}: two views: ${JSON.stringify(two)}`);
  if (!(gpu.stereo_ratio_cpu > 1) || list[0].stereo_ratio !== undefined) fail(`${scene}: no ratio of two views to one`);
  const kept = fs.readdirSync(pictures);
  if (kept.length !== 18 || kept.filter((f) => f.endsWith('-left.png')).length !== 6) fail(`${scene}: kept ${kept}`);
}
if (bench('maze', '--views', '3').status !== 2) fail('three views are not a usage error');
// Pass by pass: the same is drawn, and every pass of the frame is there; a part switched off is not.
{
  const passes = ['update', 'early cull', 'early draw', 'pyramid', 'late cull', 'occluder draw', 'recall', 'late draw', 'picture', 'readback'];
  const list = rows('maze', ...small, '--variants', 'gpu,no-occlusion', '--isolate-passes'), gpu = by(list, 'gpu'), whole = by(rows('maze', ...small), 'gpu');
  if (gpu.drawn !== whole.drawn || gpu.triangles !== whole.triangles) fail(`pass by pass ${gpu.drawn} are drawn, else ${whole.drawn}`);
  for (const pass of passes) if (!(gpu.pass_ms[pass] > 0 && gpu.pass_cpu_ms[pass] > 0)) fail(`no time for the pass "${pass}": ${JSON.stringify(gpu)}`);
  const sum = passes.reduce((a, p) => a + gpu.pass_ms[p], 0);
  if (!(gpu.pass_ms.submit > 0 && sum > gpu.ms * 0.3 && sum < gpu.ms * 1.5)) fail(`the passes take ${sum} ms, the frame ${gpu.ms}`);
  if ('pyramid' in by(list, 'no-occlusion').pass_ms) fail('without occlusion there is a pyramid');
  if ('pass_ms' in whole) fail('passes were timed without being asked for');
}

// What moves, and the same without: nothing is uploaded for the second.
{
  const list = rows('maze', ...small, '--moving', '50', '--variants', 'gpu,still'), gpu = by(list, 'gpu'), still = by(list, 'still');
  if (!(gpu.upload_ratio > 1 && gpu.upload_ratio <= 1.1) || still.upload_ratio !== 0) fail(`uploads for 50 moving and for none: ${gpu.upload_ratio}, ${still.upload_ratio}`);
  if (typeof gpu.moving_added_ms !== 'number' || 'moving_added_ms' in still) fail(`what moving adds is not told: ${JSON.stringify(list)}`);
}

// A hall of one room: a pyramid shown four times, two of them behind a wall.
const hall = path.join(work, 'hall');
fs.mkdirSync(hall);
const corners = [[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1], [0, 1, 0]];
const sides = [[0, 4, 1], [1, 4, 2], [2, 4, 3], [3, 4, 0], [0, 1, 2], [0, 2, 3]];
const floats = Buffer.from(new Float32Array([...corners.flat(), ...corners.map(() => [0, 1, 0]).flat()]).buffer);
const meshes = Buffer.concat([floats, Buffer.from(new Uint16Array(sides.flat()).buffer)]);
const placed = [[-2, 0, -6], [2, 0, -6], [-2, 0, -14], [2, 0, -14]].map((at) => {
  const b = Buffer.alloc(36);
  [...at, 0, 0, 0, 1, 1].forEach((f, i) => b.writeFloatLE(f, 4 * i));
  return b;
});
const box = (...f) => Buffer.from(new Float32Array(f).buffer);
fs.writeFileSync(path.join(hall, 'm.bin'), meshes);
fs.writeFileSync(path.join(hall, 'i.bin'), Buffer.concat(placed));
fs.writeFileSync(path.join(hall, 'w.bin'), box(0, 2, -10, 20, 2, 0.1));
const good = {
  format: 'hall-1', hall: [-20, 0, -20, 20, 4, 4], meshes_bin: 'm.bin', materials: [[0.8, 0.2, 0.2]], wall_color: [0.6, 0.6, 0.5], floor_color: [0.4, 0.4, 0.4],
  ceiling_color: [0.8, 0.8, 0.8], meshes: [{ name: 'pyramid', vertices: 5, triangles: 6, positions: 0, normals: 60, indices: 120 }],
  instances: { file: 'i.bin', count: 4, stride: 36 }, walls: { file: 'w.bin', count: 1, stride: 24 },
  light: { direction: [-0.4, -1, -0.3], color: [0.75, 0.75, 0.75], ambient: [0.35, 0.35, 0.35] },
  camera: { fov_y_deg: 60, near: 0.1, poses: [[0, 1.6, 0, 0, 1.5, -1], [0.1, 1.6, 0, 0.1, 1.5, -1], [0.2, 1.6, 0, 0.2, 1.5, -1]] },
};
const file = path.join(hall, 'scene.json');
fs.writeFileSync(file, JSON.stringify(good));
const list = rows('--scene', file, '--walk', '4', '--size', '200x120', '--variants', 'gpu,oracle,all', '--png', path.join(work, 'png'));
if (list[0].n !== 4 || list[0].frames !== 9) fail('the hall was read as ' + JSON.stringify(list[0]));
if (list[0].drawn !== list[0].visible || list[0].drawn >= by(list, 'all').drawn) fail(`the hall draws ${list[0].drawn} of ${list[0].visible} visible`);
if (fs.readdirSync(path.join(work, 'png')).length !== 9) fail('not every frame was kept');

const broken = { 'not a hall': '{"format":"hall-2"}', 'not JSON': '{', 'no camera': JSON.stringify({ ...good, camera: {} }),
  'a mesh past the end': JSON.stringify({ ...good, meshes: [{ ...good.meshes[0], indices: 150 }] }),
  'too few instances': JSON.stringify({ ...good, instances: { ...good.instances, count: 5 } }) };
for (const [what, text] of Object.entries(broken)) {
  fs.writeFileSync(file, text);
  const r = bench('--scene', file);
  if (r.status !== 1 || !r.stderr.includes('scene.json')) fail(`${what}: exit ${r.status}: ${r.stderr}`);
}
if (bench('--scene', path.join(work, 'absent.json')).status === 0) fail('an absent hall was measured');
if (bench('maze', '--variants', 'magic').status !== 2) fail('an unknown variant is not a usage error');

// bench-diff tells what got worse.
const a = path.join(work, 'a.json'), b = path.join(work, 'b.json');
fs.writeFileSync(a, JSON.stringify(list[0]) + '\n');
fs.writeFileSync(b, JSON.stringify({ ...list[0], drawn_ratio: list[0].drawn_ratio * 2 }) + '\n');
const diff = (x, y) => spawnSync(path.join(import.meta.dirname, '../../tools/bench-diff'), [x, y], { encoding: 'utf8' });
if (diff(a, a).status !== 0 || diff(a, b).status !== 1 || !diff(a, b).stdout.includes('drawn_ratio')) fail('bench-diff missed a change: ' + diff(a, b).stdout);
console.log('every scene and way to draw agrees; halls are read, broken ones refused');
fs.rmSync(work, { recursive: true });
