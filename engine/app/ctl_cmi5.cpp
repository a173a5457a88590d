// shixunctl cmi5 course: what an LMS imports to launch exercises.

#include <fmt/format.h>

#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/file.h"
#include "engine/records/cmi5_course.h"

namespace shixun {

namespace {

struct Options {
  std::vector<std::string> packs, modes;
  std::string id, title_zh, title_en, out;
};

int course(const Options& o) {
  std::vector<Pack> packs;
  for (const std::string& name : o.packs) {
    auto dir = find_pack(name);
    if (!dir) return report(dir.error());
    PackLoad load = load_pack(*dir);
    if (!load.pack) return report(load.errors.front());
    packs.push_back(std::move(*load.pack));
  }
  std::vector<const Pack*> all;
  for (const Pack& p : packs) all.push_back(&p);
  CourseWish wish;
  wish.id = o.id;
  if (!o.modes.empty()) wish.modes.clear();
  for (const std::string& name : o.modes) {
    auto mode = mode_from_name(name);
    if (!mode) return report(mode.error());
    wish.modes.push_back(*mode);
  }
  Text title = packs.front().text(packs.front().title);
  if (!o.title_zh.empty()) title = {o.title_zh, o.title_en};
  auto xml = cmi5_course(all, title, wish);
  if (!xml) return report(xml.error());
  if (o.out.empty() || o.out == "-") fmt::print("{}", *xml);
  else if (auto s = write_file(o.out, *xml); !s) return report(s.error());
  return 0;
}

}  // namespace

void add_cmi5(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("cmi5", "For a learning management system that launches exercises (shixun launch)");
  cmd->require_subcommand(1);
  auto* c = cmd->add_subcommand("course", "The course structure (cmi5.xml) of packs, for the LMS to import: one unit for each exercise and mode");
  c->add_option("packs", o->packs, "Packs: folders, .shixun files, or names of those under scenarios/")->required();
  c->add_option("--id", o->id, "Address that names the course, the school's own, such as https://school.example/courses/auto-repair. Records hang on it: never change it")->required();
  c->add_option("--mode", o->modes, "In which modes the exercises are launched (default: assessment); may be given again")->allow_extra_args(false);
  auto* zh = c->add_option("--title-zh", o->title_zh, "The course's title in Chinese (default: the first pack's)");
  zh->needs(c->add_option("--title-en", o->title_en, "and in English")->needs(zh));
  c->add_option("--out", o->out, "File to write, cmi5.xml (default: standard output)");
  c->callback([=, &exit_code] { exit_code = course(*o); });
}

}  // namespace shixun
