#include "engine/bench/bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/asset/course_bench.h"
#include "engine/base/json.h"
#include "engine/base/stopwatch.h"
#include "engine/bench/scenes.h"
#include "engine/render/capture.h"

namespace shixun {

namespace {

double peak_rss_mb() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_maxrss) / 1024;
}

double at_share(std::vector<double> v, double share) {
  if (v.empty()) return 0;
  std::sort(v.begin(), v.end());
  return v[std::min(v.size() - 1, static_cast<size_t>(share * static_cast<double>(v.size())))];
}
double median(const std::vector<double>& v) { return at_share(v, 0.5); }

struct Row {
  std::string variant;
  std::vector<double> wall, cpu, record, drawn, triangles, visible, visible_triangles, cells, tested, late, commands, shadow, scene, post, uploaded;
  std::vector<FrameStats> stats;  // with isolated passes
};

bool known_variant(const std::string& v) {
  return v == "gpu" || v == "oracle" || v == "all" || v == "cpu" || v == "no-frustum" || v == "no-occlusion" || v == "no-clusters" || v == "no-lod" || v == "still";
}

// What a frame of this way to draw is told.
CullOptions cull_options(const std::string& variant, const BenchRequest& request, const DrawSet* oracle) {
  CullOptions c;
  c.lod_pixels = variant == "no-lod" ? 0 : request.lod_pixels;
  if (variant == "oracle") c.draws = oracle;
  if (variant == "cpu") c.on_cpu = true;
  if (variant == "no-frustum" || variant == "all") c.frustum = false;
  if (variant == "no-occlusion" || variant == "all") c.occlusion = false;
  if (variant == "no-clusters" || variant == "all") c.clusters = false;
  return c;
}

uint64_t triangles_of(const std::vector<gpu::DrawCommand>& commands) {
  uint64_t n = 0;
  for (const gpu::DrawCommand& c : commands) n += c.index_count / 3;
  return n;
}

// A wave that runs through the first instances: each frame moves all of them.
void move(BenchScene& b, uint32_t count, uint32_t frame) {
  const float shift = frame % 2 ? 0.01f : -0.01f;
  // Spread over the whole scene, so that every moved instance lies in a cell of its own where there are enough.
  const uint32_t step = std::max(1u, b.slots / std::max(count, 1u));
  for (uint32_t i = 0; i < count && i * step < b.slots; ++i) {
    const uint32_t slot = b.first_slot + i * step;
    gpu::Instance g = b.scene->instances()[slot];
    g.row1.w += shift;
    b.scene->move_scenery(slot, g.row0, g.row1, g.row2);
  }
}

// A scene with what draws it.
struct Rig {
  std::unique_ptr<Renderer> renderer;
  BenchScene bench;
  std::optional<Canvas> canvas;
  uint32_t views = 1;
  bool isolate_passes = false;
  double load_ms = 0;
  std::vector<Row> rows;

  const Row* row(const char* variant) const {
    for (const Row& r : rows)
      if (r.variant == variant) return &r;
    return nullptr;
  }
};

// Draws one frame and waits for it.
Status draw(Device& device, Rig& rig, const Camera& camera, const CullOptions& culling, Row* row) {
  Frame frame;
  frame.scene = rig.bench.scene.get();
  frame.lighting = rig.bench.lighting;
  frame.camera = camera;
  frame.culling = culling;
  if (rig.isolate_passes) frame.timing = FrameTiming::kIsolated;
  // Each eye sees as much as the one camera does.
  const Target target = rig.canvas->target();
  const float up = std::tan(camera.fov_y / 2), aside = up * static_cast<float>(target.extent.width) / static_cast<float>(target.extent.height);
  const auto eyes = headset_views(camera, {-std::atan(1.1f * aside), std::atan(0.9f * aside), std::atan(0.95f * up), -std::atan(1.05f * up)}, 0.05f);
  if (rig.views == 2) frame.views = eyes;
  device.collect();  // what finding out what is seen left behind is not of this frame
  const double wall = wall_ms(), cpu = cpu_ms();
  if (auto s = rig.renderer->draw(target, frame); !s) return s;
  const double recorded = wall_ms();
  if (auto s = device.wait(device.submitted); !s) return s;
  if (!row) return ok();
  row->wall.push_back(wall_ms() - wall);
  row->cpu.push_back(cpu_ms() - cpu);
  row->record.push_back(recorded - wall);
  return ok();
}

Result<Rig> make_rig(Device& device, const std::string& name, const BenchRequest& request, uint32_t views) {
  Rig rig;
  rig.views = views;
  rig.isolate_passes = request.isolate_passes;
  auto renderer = Renderer::create(device, {.samples = 1, .shadow_size = request.shadows ? 2048u : 16u, .scale = 1, .ambient_occlusion = false, .matte = !request.shadows});
  if (!renderer) return renderer.error();
  rig.renderer = std::move(*renderer);
  const double from = wall_ms();
  auto bench = name.empty() ? load_hall(device, rig.renderer->textures(), request) : make_bench_scene(name, device, rig.renderer->textures(), request);
  if (!bench) return bench.error();
  rig.bench = std::move(*bench);
  auto canvas = create_canvas(device, request.width, request.height, views);
  if (!canvas) return canvas.error();
  rig.canvas = std::move(*canvas);
  const CullOptions first = cull_options(request.variants[0] == "oracle" ? "gpu" : request.variants[0], request, nullptr);
  if (auto s = draw(device, rig, rig.bench.path[0], first, nullptr); !s) return s.error();
  rig.load_ms = wall_ms() - from;
  for (const std::string& v : request.variants) rig.rows.emplace_back().variant = v;
  return rig;
}

// One frame of the path, in each way to draw.
Status measure_frame(Device& device, Rig& rig, const BenchRequest& request, uint32_t f) {
  const uint32_t moving = request.moving > 0 ? request.moving : rig.bench.moving;
  const Camera& camera = rig.bench.path[f];
  DrawSet oracle;
  uint64_t visible = 0, visible_triangles = 0;
  if (rig.row("oracle")) {
    // What is seen from here, found without touching the history of the measured frames.
    CullOptions looking = cull_options("gpu", request, nullptr);
    looking.keep_history = looking.clusters = false;
    if (auto s = draw(device, rig, camera, looking, nullptr); !s) return s;
    auto culled = rig.renderer->read_culling();
    if (!culled) return culled.error();
    auto seen = rig.renderer->visible_instances();
    if (!seen) return seen.error();
    std::erase_if(culled->commands, [&](const gpu::DrawCommand& c) { return !std::binary_search(seen->begin(), seen->end(), c.first_instance); });
    visible = culled->commands.size();
    visible_triangles = triangles_of(culled->commands);
    auto draws = rig.renderer->make_draws(*rig.bench.scene, culled->commands);
    if (!draws) return draws.error();
    oracle = std::move(*draws);
  }
  // Else in one order: the culling looks again at what it draws by the frame's number, and with the oracle's frames in between a turning order
  // would leave half of it out.
  const bool turned = rig.row("still") && f % 2;
  for (size_t i = 0; i < rig.rows.size(); ++i) {
    Row& row = rig.rows[turned ? rig.rows.size() - 1 - i : i];
    if (moving > 0 && row.variant != "still") move(rig.bench, moving, f);
    if (auto s = draw(device, rig, camera, cull_options(row.variant, request, &oracle), &row); !s) return s;
    if (!request.png.empty() && &row == &rig.rows[0]) {
      for (uint32_t eye = 0; eye < rig.views; ++eye) {
        auto pixels = capture(device, *rig.canvas, eye);
        if (!pixels) return pixels.error();
        const std::string side = rig.views == 1 ? "" : eye == 0 ? "-left" : "-right";
        if (auto s = write_png(request.png / fmt::format("{}-{:04}{}.png", rig.bench.name, f, side), *pixels); !s) return s;
      }
    }
    FrameStats stats = rig.renderer->finished_stats();
    if (request.isolate_passes) row.stats.push_back(stats);
    if (row.variant == "oracle") stats.triangles = visible_triangles;
    row.drawn.push_back(stats.draws);
    row.triangles.push_back(static_cast<double>(stats.triangles));
    row.cells.push_back(stats.cells);
    row.tested.push_back(stats.instances);
    row.late.push_back(stats.late_draws);
    row.commands.push_back(stats.commands);
    row.shadow.push_back(static_cast<double>(stats.shadow_ms));
    row.scene.push_back(static_cast<double>(stats.scene_ms));
    row.post.push_back(static_cast<double>(stats.post_ms));
    row.uploaded.push_back(static_cast<double>(stats.uploaded_bytes));
    row.visible.push_back(static_cast<double>(visible));
    row.visible_triangles.push_back(static_cast<double>(visible_triangles));
  }
  return ok();
}

double round3(double x) { return std::round(x * 1000) / 1000; }

// Frame by frame: the scene changes along the path more than the machine does.
double paired(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  for (size_t i = 0; i < a.size(); ++i)
    if (b[i] > 0) ratios.push_back(a[i] / b[i]);
  return round3(median(ratios));
}

// `one`: the same scene drawn for one view in the same run, or null.
void report(const Device& device, const Rig& rig, const Rig* one, const BenchRequest& request, std::vector<nlohmann::json>& rows) {
  const uint32_t moving = request.moving > 0 ? request.moving : rig.bench.moving;
  const Row* oracle = rig.row("oracle");
  double load[1] = {0};
  if (getloadavg(load, 1) != 1) load[0] = -1;
  for (const Row& r : rig.rows) {
    const double m = median(r.wall);
    std::vector<double> off;
    for (double w : r.wall) off.push_back(std::abs(w - m));
    nlohmann::json row{{"peer", "shixun"}, {"scene", rig.bench.name}, {"variant", r.variant}, {"mode", rig.bench.jumps ? "jump" : "walk"}, {"n", rig.bench.slots},
                       {"views", rig.views}, {"frames", r.wall.size()}, {"size", fmt::format("{}x{}", request.width, request.height)}, {"seed", request.seed},
                       {"ms", round3(m)}, {"cpu_ms", round3(median(r.cpu))}, {"mad_ms", round3(median(off))}, {"p95_ms", round3(at_share(r.wall, 0.95))},
                       {"p95_cpu_ms", round3(at_share(r.cpu, 0.95))}, {"record_ms", round3(median(r.record))}, {"load_ms", round3(rig.load_ms)},
                       {"peak_rss_mb", round3(peak_rss_mb())}, {"drawn", median(r.drawn)}, {"triangles", median(r.triangles)}, {"cells", median(r.cells)},
                       {"tested", median(r.tested)}, {"late", median(r.late)}, {"commands", median(r.commands)}, {"scene_ms", round3(median(r.scene))}, {"post_ms", round3(median(r.post))},
                       {"driver", device.driver}, {"load_average", round3(load[0])}};
    if (moving > 0) row["moving"] = moving, row["upload_ratio"] = round3(median(r.uploaded) / 64 / moving);
    if (const Row* still = rig.row("still"); still && moving > 0 && r.variant == "gpu") {
      // Of two frames, in one of which either way was the first to see the pose.
      std::vector<double> added;
      for (size_t f = 0; f + 1 < r.wall.size(); f += 2) added.push_back((r.wall[f] + r.wall[f + 1] - still->wall[f] - still->wall[f + 1]) / 2);
      row["moving_added_ms"] = round3(median(added));
    }
    if (request.isolate_passes) {
      // Of the frames in which a pass ran: shadows and reflections do not run in all of them.
      const auto of_pass = [&](size_t pass, float PassTime::*field) {
        std::vector<double> times;
        for (const FrameStats& s : r.stats)
          if (s.passes[pass].ran) times.push_back(static_cast<double>(s.passes[pass].*field));
        return times;
      };
      std::vector<double> submits;
      for (const FrameStats& s : r.stats) submits.push_back(static_cast<double>(s.submit_ms));
      nlohmann::json wall{{"submit", round3(median(submits))}}, cpu = nlohmann::json::object();
      for (uint32_t p = 0; p < kFramePasses; ++p)
        if (const auto times = of_pass(p, &PassTime::gpu_ms); !times.empty()) {
          wall[pass_name(static_cast<FramePass>(p))] = round3(median(times));
          cpu[pass_name(static_cast<FramePass>(p))] = round3(median(of_pass(p, &PassTime::cpu_ms)));
        }
      row["isolated"] = true;
      row["pass_ms"] = wall;
      row["pass_cpu_ms"] = cpu;
    }
    if (oracle) {
      row["visible"] = median(r.visible);
      row["visible_triangles"] = median(r.visible_triangles);
      row["limit_ratio"] = round3(m / median(oracle->wall));
      row["limit_ratio_cpu"] = round3(median(r.cpu) / median(oracle->cpu));
      row["p95_ratio"] = round3(at_share(r.wall, 0.95) / median(oracle->wall));
      row["p95_ratio_cpu"] = round3(at_share(r.cpu, 0.95) / median(oracle->cpu));
      row["paired_ratio"] = paired(r.wall, oracle->wall);
      row["paired_ratio_cpu"] = paired(r.cpu, oracle->cpu);
      if (r.variant != "oracle" && r.variant != "cpu")
        row["drawn_ratio"] = paired(r.drawn, r.visible), row["triangle_ratio"] = paired(r.triangles, r.visible_triangles);
    }
    if (const Row* alone = one ? one->row(r.variant.c_str()) : nullptr) {
      row["stereo_ratio"] = paired(r.wall, alone->wall);
      row["stereo_ratio_cpu"] = paired(r.cpu, alone->cpu);
    }
    rows.push_back(std::move(row));
  }
}

Status measure(Device& device, const std::string& name, const BenchRequest& request, std::vector<nlohmann::json>& rows) {
  std::vector<Rig> rigs;
  for (const uint32_t views : {1u, 2u}) {
    if (std::find(request.views.begin(), request.views.end(), views) == request.views.end()) continue;
    auto rig = make_rig(device, name, request, views);
    if (!rig) return rig.error();
    rigs.push_back(std::move(*rig));
  }
  for (uint32_t f = 0; f < rigs[0].bench.path.size(); ++f)
    for (Rig& rig : rigs)
      if (auto s = measure_frame(device, rig, request, f); !s) return s;
  for (const Rig& rig : rigs) report(device, rig, &rig == &rigs[0] ? nullptr : &rigs[0], request, rows);
  return device.wait_idle();
}

// Models and textures to be loaded, without drawing them.
Status measure_course(std::vector<nlohmann::json>& rows) {
  std::error_code ec;
  const fs::path folder = fs::temp_directory_path(ec) / fmt::format("shixun-course-{}", getpid());
  auto times = bench_course(folder);
  fs::remove_all(folder, ec);
  if (!times) return times.error();
  rows.push_back({{"peer", "shixun"}, {"scene", "course"}, {"models", times->models}, {"textures", times->textures}, {"triangles", times->triangles},
                  {"cold_s", times->cold_s}, {"warm_s", times->warm_s}, {"peak_rss_mb", peak_rss_mb()}});
  return ok();
}

void print_table(const std::vector<nlohmann::json>& rows) {
  fmt::print("{:<9} {:>9} {:<5} {:<13} {:>5} {:>9} {:>9} {:>9} {:>8} {:>8} {:>10} {:>7} {:>7} {:>7}\n", "scene", "n", "mode", "variant", "views", "ms", "cpu ms", "p95 ms", "record", "drawn",
             "triangles", "/oracle", "cpu", "/mono");
  for (const auto& r : rows) {
    if (r.contains("cold_s")) {
      fmt::print("course: {} models, {} triangles, {} textures: {:.2f} s cold, {:.2f} s warm\n", r["models"].get<uint32_t>(), r["triangles"].get<uint64_t>(),
                 r["textures"].get<uint32_t>(), r["cold_s"].get<double>(), r["warm_s"].get<double>());
      continue;
    }
    fmt::print("{:<9} {:>9} {:<5} {:<13} {:>5} {:>9.2f} {:>9.2f} {:>9.2f} {:>8.3f} {:>8} {:>10} {:>7} {:>7} {:>7}\n", r["scene"].get<std::string>(), r["n"].get<uint64_t>(),
               r["mode"].get<std::string>(), r["variant"].get<std::string>(), r["views"].get<uint32_t>(), r["ms"].get<double>(), r["cpu_ms"].get<double>(), r["p95_ms"].get<double>(),
               r["record_ms"].get<double>(), r["drawn"].get<double>(), r["triangles"].get<double>(),
               r.contains("limit_ratio") ? fmt::format("{:.3f}", r["limit_ratio"].get<double>()) : "-",
               r.contains("limit_ratio_cpu") ? fmt::format("{:.3f}", r["limit_ratio_cpu"].get<double>()) : "-",
               r.contains("stereo_ratio_cpu") ? fmt::format("{:.3f}", r["stereo_ratio_cpu"].get<double>()) : "-");
    if (!r.contains("pass_ms")) continue;
    fmt::print("  {:<20} {:>9} {:>9}\n", "pass by itself", "ms", "cpu ms");
    fmt::print("  {:<20} {:>9.3f}\n", "(an empty submit)", r["pass_ms"]["submit"].get<double>());
    for (uint32_t p = 0; p < kFramePasses; ++p)
      if (const char* name = pass_name(static_cast<FramePass>(p)); r["pass_ms"].contains(name))
        fmt::print("  {:<20} {:>9.3f} {:>9.3f}\n", name, r["pass_ms"][name].get<double>(), r["pass_cpu_ms"][name].get<double>());
  }
}

}  // namespace

Status run_bench(const BenchRequest& request) {
  for (const std::string& v : request.variants)
    if (!known_variant(v)) return Error{Code::kUsage, "--variants", "'" + v + "' is not a way to draw", "Known: gpu, oracle, all, cpu, no-frustum, no-occlusion, no-clusters, no-lod, still"};
  auto device = create_device();
  if (!device) return device.error();
  std::vector<nlohmann::json> rows;
  std::vector<std::string> scenes = request.scenes;
  if (!request.file.empty()) scenes = {""};
  if (scenes.empty()) scenes = {"field", "maze", "workshop", "wall", "cad", "cad-whole", "course"};
  for (const std::string& name : scenes) {
    if (name == "course") {
      if (auto s = measure_course(rows); !s) return s;
      continue;
    }
    if (auto s = measure(**device, name, request, rows); !s) return s;
  }
  std::string lines;
  for (const auto& row : rows) lines += canonical(row) + "\n";
  if (request.json) fmt::print("{}", lines);
  else print_table(rows);
  if (!request.json_file.empty()) return write_file(request.json_file, lines);
  return ok();
}

}  // namespace shixun
